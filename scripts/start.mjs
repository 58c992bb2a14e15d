import { followNpm } from './setup/follow-npm.mjs';
import { prepare } from './setup/prepare.mjs';
import { main } from './setup/run.mjs';

await main(async () => {
  // First of all: an npm that ends while this one builds or starts must not be overlooked.
  followNpm();
  await prepare();
  // In this very process, so that signals reach it.
  await import('../dist/apps/standalone/src/main.js');
});
