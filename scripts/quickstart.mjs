import { prepare } from './setup/prepare.mjs';
import { main } from './setup/run.mjs';

await main(async () => {
  await prepare();
  // The answers are for people: the log speaks up only when there is something to do.
  process.env.VITRINE_LOG_LEVEL ||= 'warn';
  // In this very process, so that signals reach it.
  await import('../dist/apps/standalone/src/quickstart.js');
});
