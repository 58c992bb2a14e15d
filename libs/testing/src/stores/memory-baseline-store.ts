import { createHash } from 'node:crypto';
import type { Principal } from '#access';
import { canonicalJson } from '#audit';
import type { Baseline, BaselineStore, NewBaseline } from '#catalog';
import type { PageCursor } from '#history';
import { uuidv7 } from 'uuidv7';
import { pageOf, type MemoryDatabase } from './memory-database.js';

/** Baselines in memory. */
export class MemoryBaselineStore implements BaselineStore {
  private readonly held: { readonly tenant: string; readonly baseline: Baseline }[] = [];

  constructor(private readonly database: MemoryDatabase) {}

  find(tenant: string, name: string, version?: string): Promise<Baseline | null> {
    return this.database.within(() => this.of(tenant, name).find((one) => version === undefined || one.version === version) ?? null);
  }

  list(tenant: string, after: PageCursor | null, limit: number): Promise<readonly Baseline[]> {
    return this.database.within(() =>
      pageOf(
        this.held.filter((one) => one.tenant === tenant).map((one) => one.baseline),
        after,
        limit,
      ),
    );
  }

  add(principal: Principal, { name, version, modelName, features }: NewBaseline): Promise<Baseline | null> {
    return this.database.within(() => {
      const known = this.of(principal.tenant, name);
      const called = version ?? String(known.length + 1);
      if (known.some((one) => one.version === called)) return null;
      const sha256 = createHash('sha256').update(canonicalJson(features)).digest('hex');
      const createdAt = new Date(this.database.now());
      const baseline = { id: uuidv7(), name, version: called, modelName, features, sha256, actor: principal.actor, createdAt };
      this.held.unshift({ tenant: principal.tenant, baseline });
      return baseline;
    });
  }

  private of(tenant: string, name: string): readonly Baseline[] {
    return this.held.filter((one) => one.tenant === tenant && one.baseline.name === name).map((one) => one.baseline);
  }
}
