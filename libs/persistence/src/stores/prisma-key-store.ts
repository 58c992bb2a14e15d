import { KeyStore, type SubjectKeyRow } from '#history';
import { Prisma } from '../generated/client.js';
import type { Database } from '../database/database.js';

/** Wrapped keys in PostgreSQL. */
export class PrismaKeyStore extends KeyStore {
  constructor(private readonly database: Database) {
    super();
  }

  override findOrAddTenantKey(tenant: string, fresh: Uint8Array<ArrayBuffer>, actor: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.database.within(tenant, async (transaction) => {
      // Two processes may meet a new tenant at once: the first insert wins and both read it.
      await transaction.$executeRaw`INSERT INTO tenant (id, wrapped_key, actor) VALUES (${tenant}, ${fresh}, ${actor}) ON CONFLICT (id) DO NOTHING`;
      return (await transaction.tenant.findUniqueOrThrow({ where: { id: tenant } })).wrappedKey;
    });
  }

  override async findSubjectKey(tenant: string, id: string): Promise<SubjectKeyRow | null> {
    const [row] = await this.database.run<SubjectKeyRow>(
      tenant,
      Prisma.sql`/* find-subject-key */ SELECT id::text, wrapped_key AS "wrappedKey" FROM subject_key WHERE id = ${id}::uuid`,
    );
    return row ?? null;
  }

  override findOrAddSubjectKey(
    tenant: string,
    refCommitment: Uint8Array<ArrayBuffer>,
    fresh: { readonly id: string; readonly wrappedKey: Uint8Array<ArrayBuffer> },
    actor: string,
  ): Promise<SubjectKeyRow> {
    return this.database.within(tenant, async (transaction) => {
      // An erased key frees its reference, so that the same person can come again under a new key.
      await transaction.$executeRaw`UPDATE subject_key SET ref_commitment = NULL WHERE ref_commitment = ${refCommitment} AND wrapped_key IS NULL`;
      await transaction.$executeRaw`
        INSERT INTO subject_key (id, tenant_id, actor, ref_commitment, wrapped_key)
        VALUES (${fresh.id}::uuid, ${tenant}, ${actor}, ${refCommitment}, ${fresh.wrappedKey})
        ON CONFLICT (tenant_id, ref_commitment) DO NOTHING`;
      return transaction.subjectKey.findFirstOrThrow({ where: { refCommitment }, select: { id: true, wrappedKey: true } });
    });
  }
}
