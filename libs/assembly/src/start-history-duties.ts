import { Eraser, RetentionDuty, WordReader } from '#jobs';
import { PrismaWordBacklog } from '#persistence';
import type { Shutdown } from '#platform';
import type { Core } from './assemble-core.js';

/** Retention, and words of explanations older than the full text: every gateway carries them, the leading one works. */
export function startHistoryDuties(core: Core, shutdown: Shutdown): void {
  const { retention, history, keys, leadership, clock, logger } = core;
  const duty = new RetentionDuty(retention, new Eraser(retention, clock), leadership, clock, logger);
  const reader = new WordReader(new PrismaWordBacklog(core.database), history, keys, leadership, logger);
  shutdown.register('close', 'retention', () => duty.stop());
  shutdown.register('close', 'words of older explanations', () => reader.stop());
  duty.start();
  reader.start();
}
