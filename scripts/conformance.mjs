import { prepare } from './setup/prepare.mjs';
import { main } from './setup/run.mjs';

await main(async () => {
  await prepare();
  await import('../dist/test/conformance/run-conformance.js');
});
