import { KeyTaken, type KeyMark } from '#jobs';
import type { Transaction } from '../database/database.js';

interface Owner {
  readonly tenant: string;
  readonly actor: string;
}

/**
 * Takes the key for this transaction, first of all its writes. One that another transaction has taken is waited for: when
 * that one commits, the key is gone; when it is undone, the key is ours.
 *
 * @throws KeyTaken
 */
export async function takeKey<Made>(transaction: Transaction, owner: Owner, mark: KeyMark<Made>): Promise<void> {
  const taken = await transaction.$executeRaw`
    INSERT INTO idempotency (tenant_id, key, actor, fingerprint) VALUES (${owner.tenant}, ${mark.key}, ${owner.actor}, ${mark.fingerprint})
    ON CONFLICT (tenant_id, key) DO NOTHING`;
  if (taken === 0) throw new KeyTaken();
}

/** Keeps the answer under the key that this transaction has taken. */
export async function keepAnswer<Made>(transaction: Transaction, owner: Owner, mark: KeyMark<Made>, made: Made): Promise<void> {
  const { status, location, nonce, ciphertext } = mark.keep(made);
  await transaction.idempotency.update({
    where: { tenantId_key: { tenantId: owner.tenant, key: mark.key } },
    data: { status, location, nonce, ciphertext },
    select: { key: true },
  });
}
