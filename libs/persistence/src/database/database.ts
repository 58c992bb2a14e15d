import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { Prisma, PrismaClient } from '../generated/client.js';
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

const TRANSACTION_MS = 15_000;

// As Prisma gives them: whole numbers of 64 bits are BigInt.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, BigInt);

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
      pipeline: true,
      query_timeout: TRANSACTION_MS,
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
      return await beginFor(tenant, () => this.prisma.$transaction(work, { maxWait: 2000, timeout: TRANSACTION_MS }));
    } catch (error) {
      throw isUnavailable(error) ? new StoreUnavailable(error) : error;
    }
  }

  /**
   * Runs one statement in a transaction of its own, in one round trip, past Prisma's engine: what every job does many times goes this way.
   * Types come back as `$queryRaw` gives them (bigint as BigInt, timestamptz as Date, bytea as bytes, JSON as its value), except that a bigint
   * inside a list is text.
   *
   * @throws StoreUnavailable when the database cannot be reached or does not answer within 15 s
   */
  async run<T extends pg.QueryResultRow>(tenant: string, statement: Prisma.Sql): Promise<T[]> {
    try {
      const client = await this.pool.connect();
      if (!(client instanceof TenantClient)) throw new TypeError('the pool makes clients that know their tenant');
      try {
        const { text, values } = statement;
        return await client.transact<T>(tenant, { name: nameStatement({ sql: text }), text, values, types });
      } finally {
        client.release();
      }
    } catch (error) {
      throw isUnavailable(error) ? new StoreUnavailable(error) : error;
    }
  }

  /** Answers when the database does. @throws StoreUnavailable */
  async ping(): Promise<void> {
    await this.run(EVERY_TENANT, Prisma.sql`SELECT 1`);
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
