import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';

const scope = new AsyncLocalStorage<string>();

/** Runs `work` so that every transaction begun inside belongs to this tenant. */
export function beginFor<T>(tenant: string, work: () => Promise<T>): Promise<T> {
  return scope.run(tenant, work);
}

/**
 * A connection whose transactions begin with their tenant, in one message instead of two. Its session has the application role
 * from the start (`assumeRole`): a transaction that began in any other way would see no rows, never those of all tenants.
 */
export class TenantClient extends pg.Client {
  // pg has eight overloads; what is handed on is what was given, so the answer is always theirs.
  override query(...given: unknown[]): never {
    const [first, ...others] = given;
    const query = super.query.bind(this) as (...handed: unknown[]) => never;
    return query(addTenant(first), ...others);
  }

  /**
   * A transaction of one statement, sent with its BEGIN and COMMIT in one write and answered in one round trip. The connection must be
   * pipelined. A statement that fails leaves an aborted transaction, which COMMIT rolls back.
   *
   * @returns the rows, after the commit
   */
  async transact<T extends pg.QueryResultRow>(tenant: string, statement: pg.QueryConfig): Promise<T[]> {
    const { stream } = this.connection;
    stream.cork();
    const answers = [super.query(beginText('BEGIN', tenant)), super.query<T>(statement), super.query('COMMIT')] as const;
    stream.uncork();
    const [begun, answered, ended] = await Promise.allSettled(answers);
    for (const one of [answered, begun, ended]) if (one.status === 'rejected') throw one.reason;
    return answered.status === 'fulfilled' ? answered.value.rows : [];
  }
}

/** For a pool's `verify`: gives a new session the role that row-level security binds. */
export function assumeRole(client: pg.ClientBase, done: (error?: Error) => void): void {
  client.query('SET ROLE vitrine_app').then(
    () => done(),
    (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
  );
}

/** A statement that begins a transaction, followed by one that sets the tenant; anything else as it is. */
function addTenant(query: unknown): unknown {
  const text = typeof query === 'object' && query !== null && 'text' in query ? query.text : query;
  if (typeof text !== 'string' || !/^\s*(begin|start\s+transaction)\b/i.test(text)) return query;
  const tenant = scope.getStore();
  if (tenant === undefined) throw new RangeError('a transaction begins within a tenant');
  return beginText(text, tenant);
}

function beginText(begin: string, tenant: string): string {
  return `${begin}; SET LOCAL vitrine.tenant = ${pg.escapeLiteral(tenant)}`;
}
