import type { Principal } from '#access';
import type { Erasure, PageCursor } from '#history';
import {
  RetentionStore,
  type AuditLeaf,
  type ErasureFacts,
  type ErasureOutcome,
  type OpenRun,
  type RetentionPolicy,
  type RetentionRule,
  type StorageReport,
  type StoredPolicy,
} from '#jobs';
import { Prisma, type RetentionPolicy as PolicyRecord } from '../generated/client.js';
import { EVERY_TENANT, type Database } from '../database/database.js';
import { eraseExplanation } from './erase-explanation.js';
import { insertLeaf } from './insert-rows.js';
import { measureStorage } from './measure-storage.js';

/** Erasure and its rules in PostgreSQL. */
export class PrismaRetentionStore extends RetentionStore {
  constructor(private readonly database: Database) {
    super();
  }

  override findPolicy(tenant: string): Promise<StoredPolicy | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.retentionPolicy.findUnique({ where: { tenantId: tenant } });
      return row === null ? null : toPolicy(row);
    });
  }

  override setPolicy(principal: Principal, policy: RetentionPolicy, leaf: AuditLeaf): Promise<StoredPolicy> {
    const { tenant, actor } = principal;
    return this.database.within(tenant, async (transaction) => {
      await transaction.$executeRaw`
        INSERT INTO retention_policy (tenant_id, actor, rules, default_days)
        VALUES (${tenant}, ${actor}, ${JSON.stringify(policy.rules)}::jsonb, ${policy.defaultDays})
        ON CONFLICT (tenant_id) DO UPDATE SET actor = excluded.actor, rules = excluded.rules, default_days = excluded.default_days, updated_at = now()`;
      await insertLeaf(transaction, principal, leaf);
      return toPolicy(await transaction.retentionPolicy.findUniqueOrThrow({ where: { tenantId: tenant } }));
    });
  }

  override listTenants(): Promise<readonly string[]> {
    return this.database.within(EVERY_TENANT, async (transaction) => {
      const rows = await transaction.retentionPolicy.findMany({ select: { tenantId: true }, orderBy: { tenantId: 'asc' } });
      return rows.map((row) => row.tenantId);
    });
  }

  override erase(
    tenant: string,
    explanationId: string,
    cause: { readonly actor: string; readonly reason: Erasure['reason'] },
    leafOf: (facts: ErasureFacts) => AuditLeaf,
  ): Promise<ErasureOutcome> {
    return this.database.within(tenant, (transaction) => eraseExplanation(transaction, { tenant, ...cause }, explanationId, leafOf));
  }

  override findDue(tenant: string, policy: RetentionPolicy, now: Date, reached: PageCursor | null, limit: number) {
    return this.database.within(tenant, async (transaction) => {
      const after = reached === null ? Prisma.empty : Prisma.sql`AND (e.created_at, e.id) > (${reached.createdAt}, ${reached.id}::uuid)`;
      const rows = await transaction.$queryRaw<{ id: string; createdAt: Date; due: boolean | null }[]>`
        SELECT e.id::text, e.created_at AS "createdAt",
          ${isDue(policy, now)} AND NOT EXISTS (SELECT FROM explanation_erasure x WHERE x.explanation_id = e.id) AS due
        FROM explanation e WHERE e.tenant_id = ${tenant} ${after}
        ORDER BY e.created_at, e.id LIMIT ${limit}`;
      return { due: rows.filter((row) => row.due === true).map((row) => row.id), examined: rows.length, reached: rows.at(-1) ?? reached };
    });
  }

  override findRun(tenant: string): Promise<OpenRun | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.retentionRun.findUnique({ where: { tenantId: tenant } });
      if (row === null) return null;
      const { startedAt, finishedAt, examined, erased, freedBytes, reachedAt, reachedId } = row;
      const reached = reachedAt === null || reachedId === null ? null : { createdAt: reachedAt, id: reachedId };
      return { startedAt, finishedAt, examined, erased, freedBytes: Number(freedBytes), reached };
    });
  }

  override async saveRun(tenant: string, { reached, freedBytes, ...run }: OpenRun): Promise<void> {
    const row = { ...run, freedBytes: BigInt(freedBytes), reachedAt: reached?.createdAt ?? null, reachedId: reached?.id ?? null };
    await this.database.within(tenant, (transaction) =>
      transaction.retentionRun.upsert({
        where: { tenantId: tenant },
        create: { tenantId: tenant, actor: 'system', ...row },
        update: row,
        select: { tenantId: true },
      }),
    );
  }

  override measure(tenant: string, policy: RetentionPolicy, now: Date): Promise<StorageReport> {
    return this.database.within(tenant, (transaction) => measureStorage(transaction, tenant, isDue(policy, now)));
  }
}

function toPolicy(row: PolicyRecord): StoredPolicy {
  const { rules, defaultDays, actor, updatedAt } = row;
  // Written by setPolicy from a checked body.
  return { rules: rules as unknown as RetentionRule[], defaultDays, actor, updatedAt };
}

/** Whether the policy lets `e`, a row of explanation, go at `now`. Null, which is no yes, where it is kept for ever. */
function isDue(policy: RetentionPolicy, now: Date): Prisma.Sql {
  const cases = policy.rules.map(({ match, keepDays }) => {
    const conditions = [
      Prisma.sql`true`,
      ...(match.method === undefined ? [] : [Prisma.sql`e.method = ${match.method}`]),
      ...(match.model === undefined ? [] : [Prisma.sql`e.model_name = ${match.model}`]),
      ...(match.label === undefined ? [] : [Prisma.sql`e.labels ->> ${match.label.key}::text = ${match.label.value}`]),
    ];
    return Prisma.sql`WHEN ${Prisma.join(conditions, ' AND ')} THEN ${keepDays}::integer`;
  });
  const keepDays =
    cases.length === 0
      ? Prisma.sql`${policy.defaultDays}::integer`
      : Prisma.sql`CASE ${Prisma.join(cases, ' ')} ELSE ${policy.defaultDays}::integer END`;
  return Prisma.sql`e.created_at < ${now}::timestamptz - make_interval(days => ${keepDays})`;
}
