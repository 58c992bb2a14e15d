import { parseArgs } from 'node:util';
import { loadConfig } from '#platform';
import { openHistory } from './open-history.js';

/**
 * `npm run seed-history -- --explanations N [--home DIR]`: fills the history with made-up explanations of the models that are
 * registered there. A home must have been started once, and must not be running.
 */
const { values } = parseArgs({
  options: { explanations: { type: 'string', default: '1000' }, home: { type: 'string' }, seed: { type: 'string', default: '1' } },
});
const explanations = Number(values.explanations);
const seed = Number(values.seed);
if (!Number.isInteger(explanations) || explanations < 1 || !Number.isSafeInteger(seed) || seed < 0) {
  process.stderr.write('usage: npm run seed-history -- --explanations N [--home DIR] [--seed N], with whole numbers\n');
  process.exit(2);
}
const config = loadConfig({ ...process.env, ...(values.home === undefined ? {} : { VITRINE_HOME: values.home }) });
const history = await openHistory(config);
const startedAt = performance.now();
try {
  await history.seed(explanations, seed, (done) => {
    if (done % 10_000 === 0 || done === explanations) process.stderr.write(`${done} of ${explanations} stored\n`);
  });
} finally {
  await history.close();
}
process.stdout.write(`${explanations} explanations stored in ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
