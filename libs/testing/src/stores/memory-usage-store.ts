import type { Principal, TenantUsage, UsageStore } from '#access';
import type { MemoryDatabase } from './memory-database.js';

/** What tenants use, set by the test. */
export class MemoryUsageStore implements UsageStore {
  readonly modelRows = new Map<string, number>();
  readonly quotas = new Map<string, number | null>();

  constructor(private readonly database: MemoryDatabase) {}

  read(tenant: string): Promise<TenantUsage> {
    return this.database.within(() => ({
      day: new Date(this.database.now()).toISOString().slice(0, 10),
      modelRows: this.modelRows.get(tenant) ?? 0,
      ownQuota: this.quotas.get(tenant) ?? null,
    }));
  }

  setQuota(_principal: Principal, tenant: string, modelRowsPerDay: number | null): Promise<boolean> {
    return this.database.within(() => {
      if (!this.database.tenantKeys.has(tenant)) return false;
      this.quotas.set(tenant, modelRowsPerDay);
      return true;
    });
  }
}
