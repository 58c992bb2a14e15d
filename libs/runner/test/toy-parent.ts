import { createLogger } from '#platform';
import { ChildPool } from '../src/child-pool.js';
import { makeToyFiles, makeToyOrder } from './toy-order.js';

// Starts the runs named on the command line and waits for ever: its test kills it.
const [entry = '', ...behaviours] = process.argv.slice(2);
const pool = new ChildPool({
  children: behaviours.length,
  childMemoryBytes: 2 ** 30,
  logger: createLogger({ level: 'silent', app: 'toy' }),
  entry,
});
const model = makeToyFiles();
let begun = 0;
for (const behaviour of behaviours) {
  const options = { deadline: null, memoryLimitBytes: 2 ** 30, signal: new AbortController().signal };
  void pool.explain(makeToyOrder(model, behaviour), {
    ...options,
    onProgress: ({ phase }) => {
      // The last phase of each behaviour is the one it never leaves.
      if (phase !== 'evaluating' && ++begun >= behaviours.length) process.send?.(pool.children().map((child) => child.pid));
    },
  });
}
