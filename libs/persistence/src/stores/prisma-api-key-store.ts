import { ApiKeyStore, type ApiKey, type NewApiKey, type Principal, type Scope } from '#access';
import type { PageCursor } from '#history';
import { auditWho, recordAudit } from '#jobs';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import { EVERY_TENANT, type Database } from '../database/database.js';
import type { ApiKey as ApiKeyRecord } from '../generated/client.js';
import { insertLeaf } from './insert-rows.js';
import { afterCursor, newestFirst } from './keyset.js';

/** API keys in PostgreSQL: hashes only. */
export class PrismaApiKeyStore extends ApiKeyStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override add(principal: Principal, key: NewApiKey, requestId: string): Promise<ApiKey> {
    const { tenant, name, actor, scopes, expiresAt, prefix, hash } = key;
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.apiKey.create({
        data: {
          id: uuidv7(),
          tenantId: tenant,
          actor: principal.actor,
          actsAs: actor,
          name,
          prefix,
          secretSha256: hash,
          scopes: [...scopes],
          expiresAt,
        },
      });
      const facts = { tenant, name, actor, prefix, scopes: [...scopes], expiresAt: expiresAt?.toISOString() };
      const leaf = recordAudit(this.clock, 'key.create', auditWho(principal, requestId), row.id, facts);
      await insertLeaf(transaction, { tenant, actor: principal.actor }, leaf);
      return toApiKey(row);
    });
  }

  override list(tenant: string, after: PageCursor | null, limit: number): Promise<readonly ApiKey[]> {
    return this.database.within(tenant, async (transaction) => {
      const rows = await transaction.apiKey.findMany({
        where: { tenantId: tenant, AND: afterCursor(after) },
        orderBy: newestFirst(),
        take: limit,
      });
      return rows.map(toApiKey);
    });
  }

  override revoke(principal: Principal, tenant: string, id: string, requestId: string): Promise<boolean> {
    return this.database.within(tenant, async (transaction) => {
      const revoked = await transaction.$executeRaw`
        UPDATE api_key SET revoked_at = clock_timestamp() WHERE id = ${id}::uuid AND tenant_id = ${tenant} AND revoked_at IS NULL`;
      if (revoked === 0) return (await transaction.apiKey.count({ where: { id, tenantId: tenant } })) > 0;
      const leaf = recordAudit(this.clock, 'key.revoke', auditWho(principal, requestId), id, { tenant });
      await insertLeaf(transaction, { tenant, actor: principal.actor }, leaf);
      return true;
    });
  }

  override findByHash(hash: Uint8Array<ArrayBuffer>): Promise<ApiKey | null> {
    return this.database.within(EVERY_TENANT, async (transaction) => {
      const row = await transaction.apiKey.findUnique({ where: { secretSha256: hash } });
      return row === null ? null : toApiKey(row);
    });
  }

  override async noteUse({ id, tenant }: Pick<ApiKey, 'id' | 'tenant'>): Promise<void> {
    await this.database.within(
      tenant,
      (transaction) => transaction.$executeRaw`
        UPDATE api_key SET last_used_at = clock_timestamp()
        WHERE id = ${id}::uuid AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')`,
    );
  }
}

function toApiKey(row: ApiKeyRecord): ApiKey {
  return {
    id: row.id,
    tenant: row.tenantId,
    name: row.name,
    actor: row.actsAs,
    createdBy: row.actor,
    prefix: row.prefix,
    scopes: row.scopes as Scope[], // checked by the table
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    lastUsedAt: row.lastUsedAt,
    revokedAt: row.revokedAt,
  };
}
