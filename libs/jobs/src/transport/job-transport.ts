import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import type { OpenWorker, QueueBackend } from '../queue/queue-backend.js';
import { familyQueue, type JobMessage } from '../queue/queue-settings.js';
import { HandlerError } from './handler-error.js';

export interface MethodRoute {
  readonly method: string;
  readonly family: string;
}

/**
 * Nest's transport over BullMQ: one worker per family, one handler per method. Refuses to start when a method of a
 * served family has no handler or two, because a queue without a handler swallows jobs in silence.
 */
export class JobTransport extends Server implements CustomTransportStrategy {
  private readonly workers: OpenWorker[] = [];
  private readonly doubles = new Set<string>();

  constructor(
    private readonly backend: QueueBackend,
    /** The methods this process must serve. */
    private readonly routes: readonly MethodRoute[],
    private readonly concurrency: number,
  ) {
    super();
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
    await Promise.allSettled(this.workers.map((worker) => worker.close()));
    this.workers.length = 0;
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
      const worker = this.backend.openWorker(familyQueue(family), (name, message) => this.handleEntry(name, message), this.concurrency);
      await worker.waitUntilReady();
      this.workers.push(worker);
      // `run` settles when the worker is closed; trouble on the way is reported through the backend's error listener.
      worker.run().catch(() => undefined);
    }
  }

  private async handleEntry(name: string, message: JobMessage): Promise<void> {
    const handler = this.getHandlerByPattern(name);
    if (handler === null) throw new HandlerError([name], []);
    await lastValueFrom(this.transformToObservable(await handler(message)), { defaultValue: undefined });
  }
}
