import { generateMissing } from './setup/generate.mjs';
import { installMissing } from './setup/install.mjs';
import { main } from './setup/run.mjs';

await main(async () => {
  await installMissing();
  await generateMissing();
});
