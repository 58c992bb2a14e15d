import { hkdfSync } from 'node:crypto';

/**
 * A key of 32 bytes for one purpose, HKDF-SHA256 (RFC 5869) without salt. Keys for different purposes tell nothing of each
 * other or of the key they come from.
 *
 * @param purpose HKDF's info; changing its text changes the key
 */
export function deriveKey(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(0), purpose, 32));
}
