import { prepare } from './setup/prepare.mjs';
import { conclude, runJest } from './setup/jest.mjs';
import { main } from './setup/run.mjs';

// Processes, queues and databases are killed here: several minutes, and a Redis and a PostgreSQL of its own.
await main(async () => {
  await prepare();
  return conclude(await runJest(['faults'], { inBand: true, args: process.argv.slice(2) }));
});
