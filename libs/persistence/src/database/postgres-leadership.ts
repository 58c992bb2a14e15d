import { Leadership } from '#jobs';
import pg from 'pg';

/**
 * Leadership by session advisory locks on one connection of its own: PostgreSQL gives the lock to one session and takes it
 * back when that session ends, however it ends.
 */
export class PostgresLeadership extends Leadership {
  private client: pg.Client | null = null;
  private connecting: Promise<pg.Client | null> | null = null;
  private readonly held = new Set<string>();

  constructor(
    private readonly connectionString: string,
    private readonly onError: (error: Error) => void,
  ) {
    super();
  }

  override async holds(duty: string): Promise<boolean> {
    if (this.client !== null && this.held.has(duty)) return true;
    const client = await this.session();
    if (client === null) return false;
    try {
      const answer = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock(hashtext($1)) AS locked', [
        `vitrine duty ${duty}`,
      ]);
      if (answer.rows[0]?.locked !== true) return false;
      this.held.add(duty);
      return true;
    } catch (error) {
      this.drop(client, error instanceof Error ? error : new Error(String(error)));
      return false;
    }
  }

  async close(): Promise<void> {
    const client = this.client;
    this.client = null;
    this.held.clear();
    await client?.end().catch(() => undefined); // already gone is as good as ended
  }

  private session(): Promise<pg.Client | null> {
    if (this.client !== null) return Promise.resolve(this.client);
    this.connecting ??= this.connect().finally(() => {
      this.connecting = null;
    });
    return this.connecting;
  }

  private async connect(): Promise<pg.Client | null> {
    const client = new pg.Client({
      connectionString: this.connectionString,
      connectionTimeoutMillis: 2000,
      application_name: 'vitrine leadership',
      keepAlive: true,
    });
    client.on('error', (error) => this.drop(client, error));
    client.on('end', () => this.drop(client, null));
    try {
      await client.connect();
      this.client = client;
      return client;
    } catch (error) {
      this.onError(error instanceof Error ? error : new Error(String(error)));
      return null;
    }
  }

  private drop(client: pg.Client, error: Error | null): void {
    if (this.client !== client) return;
    this.client = null;
    this.held.clear();
    if (error !== null) this.onError(error);
  }
}
