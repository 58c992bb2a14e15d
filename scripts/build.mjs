import { prepare } from './setup/prepare.mjs';
import { main } from './setup/run.mjs';

await main(prepare);
