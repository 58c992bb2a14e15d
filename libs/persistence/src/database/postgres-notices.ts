import { Notices, type JobListener } from '#jobs';
import pg from 'pg';

const RECONNECT_MS = 1000;

/** LISTEN on a connection of its own, opened again whenever it is lost. Whoever listens polls as well. */
export class PostgresNotices extends Notices {
  private readonly jobListeners = new Set<JobListener>();
  private readonly outboxListeners = new Set<() => void>();
  private client: pg.Client | null = null;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly connectionString: string,
    private readonly onError: (error: Error) => void,
  ) {
    super();
  }

  /** Resolves after the first attempt to connect, whether it worked or not. */
  async open(): Promise<void> {
    await this.connect();
  }

  override onJob(listener: JobListener): () => void {
    this.jobListeners.add(listener);
    return () => this.jobListeners.delete(listener);
  }

  override onOutbox(listener: () => void): () => void {
    this.outboxListeners.add(listener);
    return () => this.outboxListeners.delete(listener);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined); // already gone is as good as ended
  }

  private tellOfJob(payload: string): void {
    const [id = '', word] = payload.split(' ');
    for (const listener of this.jobListeners) listener(id, word === 'ended');
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.connectionString,
      connectionTimeoutMillis: 2000,
      application_name: 'vitrine listener',
      keepAlive: true,
    });
    let lost = false;
    const reconnect = (error?: Error) => {
      if (lost || this.closed) return;
      lost = true;
      if (error !== undefined) this.onError(error);
      client.removeAllListeners('notification');
      this.timer = setTimeout(() => void this.connect(), RECONNECT_MS);
    };
    client.on('error', reconnect);
    client.on('end', () => reconnect());
    client.on('notification', (message) => {
      if (message.channel === 'vitrine_job') this.tellOfJob(message.payload ?? '');
      else for (const listener of this.outboxListeners) listener();
    });
    try {
      await client.connect();
      await client.query('LISTEN vitrine_job; LISTEN vitrine_outbox');
      this.client = client;
      // What happened while nobody listened is found by looking once.
      for (const listener of this.outboxListeners) listener();
    } catch (error) {
      reconnect(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
