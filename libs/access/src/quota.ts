import { LRUCache } from 'lru-cache';
import type { TenantUsage, UsageStore } from './usage-store.js';

/** How long an answer of the store is believed: a tenant at its quota may start jobs for so long. */
const MEMORY_MS = 3000;
const DAY_MS = 86_400_000;

export interface QuotaState {
  readonly day: string;
  readonly modelRows: number;
  /** Model rows a day; null where nothing bounds them. */
  readonly modelRowsPerDay: number | null;
  /** Whether it is the tenant's own, and not the one of the settings. */
  readonly isOwn: boolean;
  readonly isSpent: boolean;
  /** The next midnight, UTC. */
  readonly resetsAt: Date;
}

/** How much of its daily quota a tenant has used. What counts is what was run, not what was asked for. */
export class Quota {
  private readonly remembered = new LRUCache<string, TenantUsage>({ max: 10_000, ttl: MEMORY_MS });

  constructor(
    readonly store: UsageStore,
    /** Of tenants without a quota of their own; null for none. */
    private readonly modelRowsPerDay: number | null,
  ) {}

  /** To the second or so: cheap enough to be asked for every job. @throws StoreUnavailable */
  async glance(tenant: string): Promise<QuotaState> {
    const known = this.remembered.get(tenant);
    return known === undefined ? this.read(tenant) : this.judge(known);
  }

  /** As it is now. @throws StoreUnavailable */
  async read(tenant: string): Promise<QuotaState> {
    const usage = await this.store.read(tenant);
    this.remembered.set(tenant, usage);
    return this.judge(usage);
  }

  private judge({ day, modelRows, ownQuota }: TenantUsage): QuotaState {
    const modelRowsPerDay = ownQuota ?? this.modelRowsPerDay;
    return {
      ...{ day, modelRows, modelRowsPerDay, isOwn: ownQuota !== null },
      isSpent: modelRowsPerDay !== null && modelRows >= modelRowsPerDay,
      resetsAt: new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS),
    };
  }
}
