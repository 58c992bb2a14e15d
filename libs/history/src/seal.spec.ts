import { describe, expect, it } from '@jest/globals';
import { createHmac, hkdfSync } from 'node:crypto';
import { commit, seal, unseal } from './seal.js';

const key = new Uint8Array(32).fill(7);
const bytes = new Uint8Array(Buffer.from('A gripping, funny film.', 'utf8'));

describe('seal', () => {
  it('opens to the same bytes under the same key and context', () => {
    expect(unseal(key, seal(key, bytes, 'row 1'), 'row 1')).toEqual(bytes);
  });

  it('seals the empty text too', () => {
    expect(unseal(key, seal(key, new Uint8Array(0), 'row 1'), 'row 1')).toHaveLength(0);
  });

  it('never seals the same bytes to the same ciphertext twice', () => {
    expect(seal(key, bytes, 'row 1').ciphertext).not.toEqual(seal(key, bytes, 'row 1').ciphertext);
  });

  it('refuses another key, another row, and every flipped bit', () => {
    const sealed = seal(key, bytes, 'row 1');
    expect(() => unseal(new Uint8Array(32).fill(8), sealed, 'row 1')).toThrow();
    expect(() => unseal(key, sealed, 'row 2')).toThrow();
    for (let bit = 0; bit < sealed.ciphertext.length * 8; bit++) {
      const ciphertext = sealed.ciphertext.slice();
      ciphertext[bit >> 3] = (ciphertext[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => unseal(key, { nonce: sealed.nonce, ciphertext }, 'row 1')).toThrow();
    }
  });

  it('commits to the plaintext under a key derived from the data key, and to nothing else', () => {
    const recordKey = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'vitrine commitment v1', 32));
    expect(Buffer.from(commit(key, bytes))).toEqual(createHmac('sha256', recordKey).update(bytes).digest());
    expect(seal(key, bytes, 'row 1').commitment).toEqual(commit(key, bytes));
    expect(commit(new Uint8Array(32).fill(8), bytes)).not.toEqual(commit(key, bytes));
  });
});
