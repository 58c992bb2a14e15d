import { prepare } from './setup/prepare.mjs';
import { conclude, runJest } from './setup/jest.mjs';
import { main } from './setup/run.mjs';

// node scripts/mutants.mjs [how many] [seed]
await main(async () => {
  const [count = '500', seed = '1'] = process.argv.slice(2);
  await prepare();
  const env = { VITRINE_MUTANTS: count, VITRINE_MUTANTS_SEED: seed };
  return conclude(await runJest(['e2e'], { inBand: true, env, args: ['mutants'] }));
});
