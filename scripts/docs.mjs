import { prepare } from './setup/prepare.mjs';
import { main } from './setup/run.mjs';

// Pages of docs/reference that are made from the registry, the settings and the catalogue of problems.
await main(async () => {
  await prepare();
  await import('../dist/apps/gateway/src/docs/write-reference.js');
});
