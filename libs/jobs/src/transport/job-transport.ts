import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { Count, Logger } from '#platform';
import { JobQueues } from '../queue/job-queues.js';
import type { QueueBackend } from '../queue/queue-backend.js';
import { HEARTBEAT, type JobMessage } from '../queue/queue-settings.js';
import { Consumer, consumerTiming, type ConsumerTiming } from './consumer.js';
import { HandlerError } from './handler-error.js';

export interface MethodRoute {
  readonly method: string;
  readonly family: string;
}

export interface TransportOptions {
  readonly logger: Logger;
  readonly count: Count;
  readonly timing?: ConsumerTiming | undefined;
}

/**
 * Nest's transport over BullMQ: one worker per family, one handler per method. Refuses to start when a method of a
 * served family has no handler or two, because a queue without a handler swallows jobs in silence.
 */
export class JobTransport extends Server implements CustomTransportStrategy {
  private readonly consumers: Consumer[] = [];
  private readonly queues: JobQueues;
  private readonly doubles = new Set<string>();

  constructor(
    private readonly backend: QueueBackend,
    /** The methods this process must serve. */
    private readonly routes: readonly MethodRoute[],
    private readonly concurrency: number,
    private readonly options: TransportOptions,
  ) {
    super();
    this.queues = new JobQueues(backend);
  }

  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false, extras: Record<string, unknown> = {}): void {
    const key = this.normalizePattern(pattern as string);
    if (this.messageHandlers.has(key)) this.doubles.add(key);
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  /** @throws HandlerError naming every method with no handler or two */
  checkHandlers(): void {
    const missing = this.routes.map((route) => route.method).filter((method) => !this.messageHandlers.has(method));
    if (missing.length > 0 || this.doubles.size > 0) throw new HandlerError(missing, [...this.doubles]);
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  /** Stops taking entries at once; resolves when the running handlers have returned. */
  async close(): Promise<void> {
    await Promise.allSettled(this.consumers.map((consumer) => consumer.close()));
    await this.queues.close();
  }

  /** Families whose entries wait although this process has room, for longer than a look or two takes. */
  findStuck(): readonly string[] {
    const { checkMs } = this.options.timing ?? consumerTiming;
    return this.consumers.filter(({ stuckMs }) => stuckMs > checkMs).map(({ family }) => family);
  }

  on(): void {
    throw new TypeError('the job transport has no events');
  }

  unwrap(): never {
    throw new TypeError('the job transport wraps no single server');
  }

  private async start(): Promise<void> {
    this.checkHandlers();
    for (const family of new Set(this.routes.map((route) => route.family))) {
      const consumer = new Consumer({
        backend: this.backend,
        queues: this.queues,
        family,
        concurrency: this.concurrency,
        handle: (name, message) => this.handleEntry(name, message),
        logger: this.options.logger,
        timing: this.options.timing ?? consumerTiming,
        onReopen: () => this.options.count('vitrine_consumer_reopened_total', { family }),
      });
      await consumer.open();
      this.consumers.push(consumer);
    }
  }

  private async handleEntry(name: string, message: JobMessage): Promise<void> {
    if (name === HEARTBEAT) return; // that it came is all there is to it
    const handler = this.getHandlerByPattern(name);
    if (handler === null) throw new HandlerError([name], []);
    await lastValueFrom(this.transformToObservable(await handler(message)), { defaultValue: undefined });
  }
}
