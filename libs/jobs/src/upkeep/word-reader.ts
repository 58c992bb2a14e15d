import { indexExplanation, type History, type InputTerms, type KeyRing } from '#history';
import type { Logger } from '#platform';
import type { Leadership } from '../store/notices.js';
import { UPKEEP_DUTY } from './outbox-relay.js';
import type { UnreadExplanation, WordBacklog } from './word-backlog.js';

const PAUSE_MS = 1000;
const IDLE_PAUSE_MS = 60_000;
const BATCH = 100;

/**
 * Reads the words of explanations that were stored before the full text, one batch after the other: they are sealed, so that
 * only a process with the keys can. Runs in the leading gateway until nothing is left.
 */
export class WordReader {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly backlog: WordBacklog,
    private readonly history: History,
    private readonly keys: KeyRing,
    private readonly leadership: Leadership,
    private readonly logger: Logger,
  ) {}

  start(pauseMs = PAUSE_MS): void {
    this.timer = setTimeout(() => {
      this.current = this.round().then((read) => {
        if (!this.stopped) this.start(read === BATCH ? 0 : IDLE_PAUSE_MS);
      });
    }, pauseMs);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  /** Reads one batch. @returns how many explanations were settled */
  async readBatch(): Promise<number> {
    const unread = await this.backlog.take(BATCH);
    for (const one of unread) await this.backlog.settle(one, await this.readWords(one));
    return unread.length;
  }

  private async readWords({ tenant, explanationId }: UnreadExplanation): Promise<InputTerms | null> {
    const lookup = await this.history.open(tenant, explanationId);
    if (lookup.kind !== 'found') return null;
    // Written by this platform and authenticated by its seal.
    const document = JSON.parse(Buffer.from(lookup.explanation.bytes).toString('utf8')) as {
      readonly input: unknown;
      readonly result?: unknown;
    };
    return indexExplanation(await this.keys.openSearchKey(tenant), document.input, document.result);
  }

  private async round(): Promise<number> {
    try {
      if (!(await this.leadership.holds(UPKEEP_DUTY))) return 0;
      const read = await this.readBatch();
      if (read > 0) this.logger.info({ read }, 'words of older explanations can be searched');
      return read;
    } catch (error) {
      this.logger.warn({ err: error }, 'words of older explanations could not be read; the next round follows');
      return 0;
    }
  }
}
