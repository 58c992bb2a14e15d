import { UsageStore, type Principal, type TenantUsage } from '#access';
import { auditWho, recordAudit } from '#jobs';
import type { Clock } from '#platform';
import type { Database } from '../database/database.js';
import { insertLeaf } from './insert-rows.js';

/** What tenants use, in PostgreSQL: triggers count it where runs are committed. */
export class PrismaUsageStore extends UsageStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override read(tenant: string): Promise<TenantUsage> {
    return this.database.within(tenant, async (transaction) => {
      const rows = await transaction.$queryRaw<{ day: string; modelRows: number; ownQuota: number | null }[]>`
        SELECT to_char(today, 'YYYY-MM-DD') AS day,
          (SELECT coalesce(sum(model_rows), 0) FROM usage_day WHERE tenant_id = ${tenant} AND day = today)::double precision AS "modelRows",
          (SELECT model_rows_per_day FROM tenant_quota WHERE tenant_id = ${tenant})::double precision AS "ownQuota"
        FROM (SELECT (clock_timestamp() AT TIME ZONE 'UTC')::date AS today) AS now`;
      const row = rows[0];
      if (row === undefined) throw new RangeError('the database did not tell its day');
      return row;
    });
  }

  override setQuota(principal: Principal, tenant: string, modelRowsPerDay: number | null, requestId: string): Promise<boolean> {
    return this.database.within(tenant, async (transaction) => {
      if ((await transaction.tenant.count({ where: { id: tenant } })) === 0) return false;
      await transaction.$executeRaw`
        INSERT INTO tenant_quota (tenant_id, actor, model_rows_per_day) VALUES (${tenant}, ${principal.actor}, ${modelRowsPerDay}::bigint)
        ON CONFLICT (tenant_id) DO UPDATE SET actor = EXCLUDED.actor, model_rows_per_day = EXCLUDED.model_rows_per_day, updated_at = now()`;
      const leaf = recordAudit(this.clock, 'quota.set', auditWho(principal, requestId), tenant, { tenant, modelRowsPerDay });
      await insertLeaf(transaction, { tenant, actor: principal.actor }, leaf);
      return true;
    });
  }
}
