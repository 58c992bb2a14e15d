import { prepare } from './setup/prepare.mjs';
import { add, conclude, runJest } from './setup/jest.mjs';
import { main } from './setup/run.mjs';

await main(async () => {
  const args = process.argv.slice(2);
  await prepare();
  const quick = await runJest(['unit', 'golden'], { args });
  // One at a time: each starts a platform of its own, which uses every core.
  const whole = await runJest(['e2e'], { inBand: true, args });
  return conclude(add(quick, whole));
});
