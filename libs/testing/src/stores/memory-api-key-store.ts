import type { ApiKey, ApiKeyStore, NewApiKey, Principal } from '#access';
import { auditWho, recordAudit } from '#jobs';
import { SystemClock } from '#platform';
import { uuidv7 } from 'uuidv7';
import { pageOf, type MemoryDatabase } from './memory-database.js';

/** API keys in memory. */
export class MemoryApiKeyStore implements ApiKeyStore {
  /** How often a key was looked up by its hash. */
  lookups = 0;

  constructor(private readonly database: MemoryDatabase) {}

  add(principal: Principal, key: NewApiKey, requestId: string): Promise<ApiKey> {
    return this.database.within(() => {
      const { hash, ...order } = key;
      const row: ApiKey = {
        ...order,
        id: uuidv7(),
        createdBy: principal.actor,
        createdAt: new Date(this.database.now()),
        lastUsedAt: null,
        revokedAt: null,
      };
      this.database.apiKeys.set(row.id, { row, hash });
      this.database.leaves.push(recordAudit(new SystemClock(), 'key.create', auditWho(principal, requestId), row.id, {}));
      return row;
    });
  }

  list(tenant: string, after: { readonly createdAt: Date; readonly id: string } | null, limit: number): Promise<readonly ApiKey[]> {
    return this.database.within(() =>
      pageOf(
        [...this.database.apiKeys.values()].map(({ row }) => row).filter((row) => row.tenant === tenant),
        after,
        limit,
      ),
    );
  }

  revoke(principal: Principal, tenant: string, id: string, requestId: string): Promise<boolean> {
    return this.database.within(() => {
      const found = this.database.apiKeys.get(id);
      if (found?.row.tenant !== tenant) return false;
      if (found.row.revokedAt !== null) return true;
      this.database.apiKeys.set(id, { ...found, row: { ...found.row, revokedAt: new Date(this.database.now()) } });
      this.database.leaves.push(recordAudit(new SystemClock(), 'key.revoke', auditWho(principal, requestId), id, {}));
      return true;
    });
  }

  findByHash(hash: Uint8Array<ArrayBuffer>): Promise<ApiKey | null> {
    this.lookups += 1;
    return this.database.within(() => [...this.database.apiKeys.values()].find((one) => Buffer.from(one.hash).equals(hash))?.row ?? null);
  }

  noteUse({ id }: Pick<ApiKey, 'id' | 'tenant'>): Promise<void> {
    return this.database.within(() => {
      const found = this.database.apiKeys.get(id);
      if (found !== undefined)
        this.database.apiKeys.set(id, { ...found, row: { ...found.row, lastUsedAt: new Date(this.database.now()) } });
    });
  }
}
