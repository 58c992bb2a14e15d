import { IdempotencyStore, type KeptAnswer } from '#jobs';
import { EVERY_TENANT, type Database } from '../database/database.js';

/** Kept answers in PostgreSQL; they are written where the work is committed. */
export class PrismaIdempotencyStore extends IdempotencyStore {
  constructor(private readonly database: Database) {
    super();
  }

  override find(tenant: string, key: string): Promise<KeptAnswer | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.idempotency.findUnique({ where: { tenantId_key: { tenantId: tenant, key } } });
      if (row === null) return null;
      const { fingerprint, status, location, nonce, ciphertext } = row;
      if (status === null || nonce === null || ciphertext === null) throw new RangeError('a committed key has no answer');
      return { fingerprint, status, location, nonce, ciphertext };
    });
  }

  override forget(olderThanHours: number): Promise<number> {
    return this.database.within(
      EVERY_TENANT,
      (transaction) =>
        transaction.$executeRaw`DELETE FROM idempotency WHERE created_at < now() - make_interval(hours => ${olderThanHours}::integer)`,
    );
  }
}
