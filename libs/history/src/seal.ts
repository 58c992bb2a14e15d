import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { deriveKey } from './derive-key.js';

/** Bytes as they rest in the database. */
export interface SealedBytes {
  /** 12 bytes, fresh per sealing. */
  readonly nonce: Uint8Array<ArrayBuffer>;
  /** AES-256-GCM ciphertext followed by its 16-byte tag. */
  readonly ciphertext: Uint8Array<ArrayBuffer>;
  /** HMAC-SHA256(k_rec, plaintext), 32 bytes: proves what was stored, tells nothing once the key is gone. */
  readonly commitment: Uint8Array<ArrayBuffer>;
  /** Bytes of plaintext. */
  readonly size: number;
}

const TAG_BYTES = 16;

/**
 * HMAC-SHA256(k_rec, bytes), where k_rec = HKDF-SHA256(data key, info "vitrine commitment v1"). A bare SHA-256 of a
 * short text could be found by trying texts; without the data key this one cannot.
 */
export function commit(dataKey: Uint8Array, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const recordKey = deriveKey(dataKey, 'vitrine commitment v1');
  return new Uint8Array(createHmac('sha256', recordKey).update(bytes).digest());
}

/**
 * Seals bytes under a 32-byte data key with AES-256-GCM (NIST SP 800-38D).
 *
 * @param context bound as associated data, so that a ciphertext moved to another row does not open
 */
export function seal(dataKey: Uint8Array, bytes: Uint8Array, context: string): SealedBytes {
  const nonce = new Uint8Array(randomBytes(12));
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context, 'utf8'));
  const ciphertext = new Uint8Array(Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]));
  return { nonce, ciphertext, commitment: commit(dataKey, bytes), size: bytes.length };
}

/** Opens what `seal` made. Throws when the key, the context or one bit of the ciphertext differs. */
export function unseal(dataKey: Uint8Array, sealed: Pick<SealedBytes, 'nonce' | 'ciphertext'>, context: string): Uint8Array {
  const end = sealed.ciphertext.length - TAG_BYTES;
  if (end < 0) throw new RangeError('ciphertext is shorter than its tag');
  const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context, 'utf8'));
  decipher.setAuthTag(sealed.ciphertext.subarray(end));
  // A mode of counters: everything comes at once, and nothing is copied, since there can be 64 MiB of it.
  const { buffer, byteOffset, byteLength } = decipher.update(sealed.ciphertext.subarray(0, end));
  decipher.final();
  return new Uint8Array(buffer, byteOffset, byteLength);
}
