import { Readable } from 'node:stream';
import type { OnModuleDestroy } from '@nestjs/common';
import { isTerminal, StoreUnavailable, type JobEvent, type JobEventPage, type JobEventStore, type Notices } from '#jobs';
import { ProblemError } from '#platform';
import type { GatewayLimits } from '../../http/gateway-limits.js';
import { toJobAnswer } from '../job-answer.js';
import { pauseOf, SharedReads } from '../shared-reads.js';
import { WakeUp } from '../wake-up.js';

const POLL_MS = 1000;
const BATCH = 100;
const RETRY_SECONDS = '5';
/** How soon a client should come back after a stream that was cut, in milliseconds. */
const RECONNECT_MS = 1000;

/** Streams of job events: each is woken by notices, which may be lost, and looks by itself every second, or less often when there are many. */
export class JobEventFeed implements OnModuleDestroy {
  private readonly stopping = new AbortController();
  private readonly reads = new SharedReads<JobEventPage | null>();
  private streams = 0;

  constructor(
    private readonly events: JobEventStore,
    private readonly notices: Notices,
    private readonly limits: Pick<GatewayLimits, 'eventStreams' | 'heartbeatMs'>,
  ) {}

  /** The process is about to stop: every stream ends, and clients go on elsewhere from the last id they have. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /** Streams that are open now. */
  get open(): number {
    return this.streams;
  }

  /**
   * The events of a job after one of them, as text/event-stream; ends after the event that ends the job.
   *
   * @param signal aborted when the client is gone
   * @throws ProblemError STREAMS_EXHAUSTED
   */
  follow(tenant: string, jobId: string, after: number, signal: AbortSignal): Readable {
    if (this.streams >= this.limits.eventStreams) throw new ProblemError('STREAMS_EXHAUSTED', {}, { 'Retry-After': RETRY_SECONDS });
    this.streams += 1;
    const stream = Readable.from(this.write(tenant, jobId, after, signal), { objectMode: false });
    stream.once('close', () => {
      this.streams -= 1;
    });
    return stream;
  }

  private async *write(tenant: string, jobId: string, after: number, signal: AbortSignal): AsyncGenerator<string> {
    const wakeUp = new WakeUp(signal, this.stopping.signal);
    const stopListening = this.notices.onJob((id) => {
      if (id === jobId) wakeUp.call();
    });
    try {
      yield `retry: ${RECONNECT_MS}\n\n`;
      let seen = after;
      let quietSince = performance.now();
      while (!wakeUp.aborted) {
        const page = await this.read(tenant, jobId, seen);
        for (const event of page?.events ?? []) {
          yield format(event);
          seen = event.sequence;
          quietSince = performance.now();
          if (isTerminal(event.job.state)) return;
        }
        if (page !== null && seen < page.last) continue;
        if (performance.now() - quietSince >= this.limits.heartbeatMs) {
          yield ': still here\n\n';
          quietSince = performance.now();
        }
        await wakeUp.within(
          Math.min(pauseOf(this.streams, POLL_MS), Math.max(1, quietSince + this.limits.heartbeatMs - performance.now())),
        );
      }
    } finally {
      stopListening();
      wakeUp.close();
    }
  }

  /** Null while the database is away: the stream waits for it. */
  private async read(tenant: string, jobId: string, after: number): Promise<JobEventPage | null> {
    try {
      return await this.reads.read(`${tenant} ${jobId} ${after}`, () => this.events.read(tenant, jobId, after, BATCH));
    } catch (error) {
      if (error instanceof StoreUnavailable) return null;
      throw error;
    }
  }
}

// JSON has no line break outside of its strings, and none unescaped inside: one data line is enough.
function format({ sequence, kind, job }: JobEvent): string {
  return `id: ${sequence}\nevent: ${kind}\ndata: ${JSON.stringify(toJobAnswer(job))}\n\n`;
}
