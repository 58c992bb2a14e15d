import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { PrismaClient, type Prisma } from '../generated/client.js';
import { isUnavailable } from './is-unavailable.js';
import { StoreUnavailable } from '#jobs';
import { assumeRole, beginFor, TenantClient } from './tenant-client.js';

export type Transaction = Prisma.TransactionClient;

/** The platform itself, across tenants: relay, reconciler, claims. Not a legal tenant id. */
export const EVERY_TENANT = '*';

export interface DatabaseOptions {
  readonly connectionString: string;
  readonly maxConnections: number;
}

/** The one way to PostgreSQL: every piece of work is a transaction under the application role and one tenant. */
export class Database {
  private readonly pool: pg.Pool;
  private readonly prisma: PrismaClient;

  constructor(
    options: DatabaseOptions,
    /** Trouble on an idle connection; without a listener it would end the process. */
    onError: (error: Error) => void,
  ) {
    this.pool = new pg.Pool({
      connectionString: options.connectionString,
      max: options.maxConnections,
      connectionTimeoutMillis: 2000,
      idleTimeoutMillis: 60_000,
      application_name: 'vitrine',
      Client: TenantClient,
      verify: assumeRole,
    });
    this.pool.on('error', onError);
    this.prisma = new PrismaClient({ adapter: new PrismaPg(this.pool, { statementNameGenerator: nameStatement }) });
  }

  /**
   * Runs `work` in one transaction that sees one tenant's rows only.
   *
   * @throws StoreUnavailable when the database cannot be reached or does not answer
   */
  async within<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      return await beginFor(tenant, () => this.prisma.$transaction(work, { maxWait: 2000, timeout: 15_000 }));
    } catch (error) {
      throw isUnavailable(error) ? new StoreUnavailable(error) : error;
    }
  }

  /** Answers when the database does. @throws StoreUnavailable */
  async ping(): Promise<void> {
    await this.within(EVERY_TENANT, (transaction) => transaction.$queryRaw`SELECT 1`);
  }

  async close(): Promise<void> {
    await this.prisma.$disconnect();
    await this.pool.end();
  }
}

/**
 * A statement that begins with a comment of one word is prepared once for each connection, under that word. Only those that every
 * job runs have one: a plan kept for all values would be the wrong one for the lists of the history.
 */
function nameStatement({ sql }: { readonly sql: string }): string {
  return /^\s*\/\* ([a-z-]+) \*\//.exec(sql)?.[1] ?? '';
}
