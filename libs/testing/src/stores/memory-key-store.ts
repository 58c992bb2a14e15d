import type { KeyStore, SubjectKeyRow } from '#history';
import type { MemoryDatabase } from './memory-database.js';

/** Wrapped keys in memory. */
export class MemoryKeyStore implements KeyStore {
  constructor(private readonly database: MemoryDatabase) {}

  findOrAddTenantKey(tenant: string, fresh: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return this.database.within(() => {
      const known = this.database.tenantKeys.get(tenant) ?? fresh;
      this.database.tenantKeys.set(tenant, known);
      return known;
    });
  }

  findSubjectKey(tenant: string, id: string): Promise<SubjectKeyRow | null> {
    return this.database.within(() => {
      const found = this.database.subjectKeys.get(id);
      return found?.tenant === tenant ? found.row : null;
    });
  }

  findOrAddSubjectKey(
    tenant: string,
    refCommitment: Uint8Array<ArrayBuffer>,
    fresh: { readonly id: string; readonly wrappedKey: Uint8Array<ArrayBuffer> },
  ): Promise<SubjectKeyRow> {
    return this.database.within(() => {
      const reference = Buffer.from(refCommitment).toString('hex');
      const known = [...this.database.subjectKeys.values()].find(
        (one) => one.tenant === tenant && one.reference === reference && one.row.wrappedKey !== null,
      );
      if (known !== undefined) return known.row;
      const row = { id: fresh.id, wrappedKey: fresh.wrappedKey };
      this.database.subjectKeys.set(fresh.id, { tenant, row, reference });
      return row;
    });
  }

  /** Destroys a subject's key: everything under it is erased. */
  erase(id: string): void {
    const found = this.database.subjectKeys.get(id);
    if (found !== undefined) this.database.subjectKeys.set(id, { ...found, row: { id, wrappedKey: null } });
  }
}
