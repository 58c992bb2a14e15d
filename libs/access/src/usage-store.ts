import type { Principal } from './principal.js';

/** What a tenant has used and may use. */
export interface TenantUsage {
  /** YYYY-MM-DD, UTC, by the clock of the database. */
  readonly day: string;
  /** Rows sent through models for this tenant since that day began. */
  readonly modelRows: number;
  /** Model rows a day; null where the tenant has no quota of its own. */
  readonly ownQuota: number | null;
}

/** What tenants use, counted where it is committed. Implemented by persistence. */
export abstract class UsageStore {
  abstract read(tenant: string): Promise<TenantUsage>;
  /** One transaction: the quota and its audit leaf. Null: none of its own. False when there is no such tenant. */
  abstract setQuota(principal: Principal, tenant: string, modelRowsPerDay: number | null, requestId: string): Promise<boolean>;
}
