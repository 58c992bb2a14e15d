import { describe, expect, it } from '@jest/globals';
import { KeyRing } from './key-ring.js';
import { KeyStore, type SubjectKeyRow } from './key-store.js';

class MemoryKeyStore extends KeyStore {
  readonly tenants = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly subjects = new Map<string, { wrappedKey: Uint8Array<ArrayBuffer> | null; ref: string | null }>();

  override findOrAddTenantKey(tenant: string, fresh: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.tenants.get(tenant) ?? fresh;
    this.tenants.set(tenant, known);
    return Promise.resolve(known);
  }

  override findSubjectKey(tenant: string, id: string): Promise<SubjectKeyRow | null> {
    const row = this.subjects.get(`${tenant} ${id}`);
    return Promise.resolve(row === undefined ? null : { id, wrappedKey: row.wrappedKey });
  }

  override findOrAddSubjectKey(
    tenant: string,
    ref: Uint8Array<ArrayBuffer>,
    fresh: { id: string; wrappedKey: Uint8Array<ArrayBuffer> },
  ): Promise<SubjectKeyRow> {
    const reference = Buffer.from(ref).toString('hex');
    for (const [key, row] of this.subjects)
      if (row.ref === reference && key.startsWith(`${tenant} `))
        return Promise.resolve({ id: key.split(' ')[1] ?? '', wrappedKey: row.wrappedKey });
    this.subjects.set(`${tenant} ${fresh.id}`, { wrappedKey: fresh.wrappedKey, ref: reference });
    return Promise.resolve(fresh);
  }
}

const master = new Uint8Array(32).fill(9);

describe('KeyRing', () => {
  it('gives a named subject one key, for every process with the same master key', async () => {
    const store = new MemoryKeyStore();
    const first = await new KeyRing(store, master).subjectKeyOf('a', 'customer-17', 'local');
    const again = await new KeyRing(store, master).subjectKeyOf('a', 'customer-17', 'local');
    expect(again).toEqual(first);
    expect((await new KeyRing(store, master).subjectKeyOf('a', 'customer-18', 'local')).dataKey).not.toEqual(first.dataKey);
    expect((await new KeyRing(store, master).subjectKeyOf('b', 'customer-17', 'local')).dataKey).not.toEqual(first.dataKey);
  });

  it('stores no reference and no key in the clear', async () => {
    const store = new MemoryKeyStore();
    const { dataKey } = await new KeyRing(store, master).subjectKeyOf('a', 'customer-17', 'local');
    const stored = [...store.tenants.values(), ...[...store.subjects.values()].map((row) => row.wrappedKey ?? new Uint8Array(0))];
    for (const bytes of stored) expect(Buffer.from(bytes).includes(Buffer.from(dataKey))).toBe(false);
    for (const row of store.subjects.values()) expect(row.ref).not.toContain(Buffer.from('customer-17').toString('hex'));
  });

  it('opens nothing once the wrapped key is gone', async () => {
    const store = new MemoryKeyStore();
    const ring = new KeyRing(store, master);
    const key = await ring.createSubjectKey('a', 'local');
    store.subjects.set(`a ${key.id}`, { wrappedKey: key.wrappedKey, ref: null });
    expect((await ring.openSubjectKey('a', key.id))?.dataKey).toEqual(key.dataKey);
    store.subjects.set(`a ${key.id}`, { wrappedKey: null, ref: null });
    expect(await ring.openSubjectKey('a', key.id)).toBeNull();
  });

  it('does not open under another master key, nor in another tenant', async () => {
    const store = new MemoryKeyStore();
    const key = await new KeyRing(store, master).createSubjectKey('a', 'local');
    store.subjects.set(`a ${key.id}`, { wrappedKey: key.wrappedKey, ref: null });
    store.subjects.set(`b ${key.id}`, { wrappedKey: key.wrappedKey, ref: null });
    await expect(new KeyRing(store, new Uint8Array(32)).openSubjectKey('a', key.id)).rejects.toThrow();
    await expect(new KeyRing(store, master).openSubjectKey('b', key.id)).rejects.toThrow();
  });

  it('wants a master key of 32 bytes', () => {
    expect(() => new KeyRing(new MemoryKeyStore(), new Uint8Array(31))).toThrow(RangeError);
  });
});
