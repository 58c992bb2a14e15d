import type { Principal } from '#access';
import type { Erasure } from '#history';
import type { AuditLeaf, ErasureFacts, ErasureOutcome, OpenRun, RetentionPolicy, RetentionStore, StorageReport, StoredPolicy } from '#jobs';
import type { MemoryDatabase } from './memory-database.js';

/** Erasure and policies in memory. What the policy lets go is the database's to find: here nothing is ever due. */
export class MemoryRetentionStore implements RetentionStore {
  private readonly policies = new Map<string, StoredPolicy>();
  private readonly runs = new Map<string, OpenRun>();

  constructor(private readonly database: MemoryDatabase) {}

  findPolicy(tenant: string): Promise<StoredPolicy | null> {
    return this.database.within(() => this.policies.get(tenant) ?? null);
  }

  setPolicy(principal: Principal, policy: RetentionPolicy, leaf: AuditLeaf): Promise<StoredPolicy> {
    return this.database.within(() => {
      const stored = { ...policy, actor: principal.actor, updatedAt: new Date(this.database.now()) };
      this.policies.set(principal.tenant, stored);
      this.database.leaves.push(leaf);
      return stored;
    });
  }

  listTenants(): Promise<readonly string[]> {
    return this.database.within(() => [...this.policies.keys()]);
  }

  erase(
    tenant: string,
    explanationId: string,
    cause: { readonly actor: string; readonly reason: Erasure['reason'] },
    leafOf: (facts: ErasureFacts) => AuditLeaf,
  ): Promise<ErasureOutcome> {
    return this.database.within((): ErasureOutcome => {
      const row = this.database.explanations.get(explanationId);
      if (row?.tenant !== tenant) return { kind: 'absent' };
      if (row.erasure !== null) return { kind: 'already', erasure: row.erasure };
      const erasure = { at: new Date(this.database.now()), reason: cause.reason };
      this.database.explanations.set(explanationId, { ...row, erasure, searchable: 'none' });
      this.database.words.delete(explanationId);
      const ids = [row.resultPayloadId, ...row.tensors.map((tensor) => tensor.payloadId)];
      for (const id of ids) this.database.payloads.delete(id);
      const facts = { jobId: row.jobId, payloads: ids.length, freedBytes: 0, keyDestroyed: false };
      this.database.leaves.push(leafOf(facts));
      return { kind: 'erased', erasure, facts };
    });
  }

  findDue() {
    return this.database.within(() => ({ due: [], examined: 0, reached: null }));
  }

  findRun(tenant: string): Promise<OpenRun | null> {
    return this.database.within(() => this.runs.get(tenant) ?? null);
  }

  saveRun(tenant: string, run: OpenRun): Promise<void> {
    return this.database.within(() => void this.runs.set(tenant, run));
  }

  measure(tenant: string): Promise<StorageReport> {
    return this.database.within(() => {
      const rows = [...this.database.explanations.values()].filter((row) => row.tenant === tenant);
      return {
        payloads: [],
        explanations: { count: rows.length, erased: rows.filter((row) => row.erasure !== null).length },
        modelFileBytes: 0,
        database: { bytes: 0, tables: [] },
        due: { explanations: 0, bytes: 0 },
      };
    });
  }
}
