import { beforeEach, describe, expect, it } from '@jest/globals';
import { hashSecret, mintSecret, type ApiKey } from './api-key.js';
import { ApiKeyStore } from './api-key-store.js';
import { Authenticator, KEY_MEMORY_MS } from './authenticator.js';

/** One key, and a count of what was asked. */
class OneKey extends ApiKeyStore {
  row: ApiKey;
  lookups = 0;
  uses = 0;
  failure: Error | null = null;

  constructor(private readonly hash: Uint8Array) {
    super();
    this.row = {
      ...{ id: 'k1', tenant: 'acme', name: 'ci', actor: 'ci', createdBy: 'admin', prefix: 'vtr_', scopes: ['read'] },
      ...{ createdAt: new Date(0), expiresAt: null, lastUsedAt: null, revokedAt: null },
    };
  }

  override async findByHash(hash: Uint8Array): Promise<ApiKey | null> {
    this.lookups += 1;
    const { row } = this;
    await Promise.resolve();
    if (this.failure !== null) throw this.failure;
    return Buffer.from(hash).equals(this.hash) ? row : null;
  }

  override noteUse(): Promise<void> {
    this.uses += 1;
    return this.failure === null ? Promise.resolve() : Promise.reject(this.failure);
  }

  override add = never;
  override list = never;
  override revoke = never;
}

const never = () => Promise.reject(new Error('not asked for'));
const rootKey = 'a-root-key-of-sixteen-or-more';

let secret: string;
let store: OneKey;
let now: number;
let elapsed: number;
let lost: unknown[];
beforeEach(() => {
  secret = mintSecret().secret;
  store = new OneKey(hashSecret(secret));
  now = Date.UTC(2026, 5, 1);
  elapsed = 1000;
  lost = [];
});

const open = (root: string | null) =>
  new Authenticator({ store, rootKey: root, now: () => now, elapsed: () => elapsed, onLostUse: (error) => lost.push(error) });

describe('a secret', () => {
  it('has 256 random bits and is kept as its SHA-256', () => {
    const minted = Array.from({ length: 100 }, mintSecret);
    expect(new Set(minted.map((one) => one.secret)).size).toBe(100);
    for (const one of minted) {
      expect(Buffer.from(one.secret.slice(4), 'base64url')).toHaveLength(32);
      expect(one.secret.startsWith(one.prefix)).toBe(true);
      expect(one.prefix).toHaveLength(12);
    }
    // SHA-256 of "abc", FIPS 180-4.
    expect(Buffer.from(hashSecret('abc')).toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

describe('identify', () => {
  it('lets everyone on loopback in as local when there is no root key', async () => {
    expect(await open(null).identify(undefined)).toMatchObject({
      actor: 'local',
      authMethod: 'loopback',
      scopes: ['read', 'explain', 'models', 'admin'],
    });
  });

  it('checks a key that is presented, even where none is needed', async () => {
    const authenticator = open(null);
    expect(await authenticator.identify(`Bearer ${secret}`)).toEqual({
      ...{ tenant: 'acme', actor: 'ci', actorType: 'key', authMethod: 'api-key', keyId: 'k1', scopes: ['read'] },
    });
    expect(await authenticator.identify(`Bearer ${mintSecret().secret}`)).toBeNull();
    expect(await authenticator.identify('Basic bG9jYWw6')).toBeNull();
  });

  it('wants a key where there is a root key', async () => {
    const authenticator = open(rootKey);
    expect(await authenticator.identify(`bearer ${rootKey}`)).toMatchObject({ actor: 'admin', authMethod: 'root-key', tenant: 'default' });
    const wrong = [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      `Bearer ${rootKey.slice(1)}`,
      `Bearer ${rootKey}2`,
      `Basic ${rootKey}`,
      rootKey,
      `Bearer ${rootKey} x`,
    ];
    for (const header of wrong) expect([header, await authenticator.identify(header)]).toEqual([header, null]);
    expect(store.lookups).toBe(0);
  });

  it('refuses an expired key from that moment on, and a revoked one', async () => {
    const authenticator = open(rootKey);
    store.row = { ...store.row, expiresAt: new Date(now + 1) };
    expect(await authenticator.identify(`Bearer ${secret}`)).not.toBeNull();
    now += 1;
    expect(await authenticator.identify(`Bearer ${secret}`)).toBeNull();
    store.row = { ...store.row, expiresAt: null, revokedAt: new Date(now) };
    authenticator.forget('k1');
    expect(await authenticator.identify(`Bearer ${secret}`)).toBeNull();
  });

  it('asks the store once for many requests, and again when told', async () => {
    const authenticator = open(rootKey);
    await Promise.all(Array.from({ length: 20 }, () => authenticator.identify(`Bearer ${secret}`)));
    await authenticator.identify(`Bearer ${secret}`);
    expect(store.lookups).toBe(1);
    authenticator.forget('another');
    await authenticator.identify(`Bearer ${secret}`);
    expect(store.lookups).toBe(1);
    authenticator.forget('k1');
    await authenticator.identify(`Bearer ${secret}`);
    expect(store.lookups).toBe(2);
    const unknown = `Bearer ${mintSecret().secret}`;
    await authenticator.identify(unknown);
    await authenticator.identify(unknown);
    expect(store.lookups).toBe(3);
  });

  it('believes what it remembers for KEY_MEMORY_MS and no longer, however often the key is used and whatever the time of day', async () => {
    const authenticator = open(rootKey);
    const known = () => authenticator.identify(`Bearer ${secret}`);
    expect(await known()).not.toBeNull();
    store.row = { ...store.row, revokedAt: new Date(now) }; // through another gateway
    now -= 3_600_000; // the clock of the machine is set back
    for (let step = 0; step < 3; step += 1) {
      expect(await known()).not.toBeNull();
      elapsed += KEY_MEMORY_MS / 3;
    }
    expect([(await known()) === null, store.lookups]).toEqual([false, 1]);
    elapsed += 1;
    expect([await known(), store.lookups]).toEqual([null, 2]);
    expect(KEY_MEMORY_MS).toBeLessThan(5000); // as the documents promise
  });

  it('believes for KEY_MEMORY_MS that a key is unknown', async () => {
    const authenticator = open(rootKey);
    const { secret: young } = mintSecret();
    for (const [after, lookups] of [
      [0, 1],
      [KEY_MEMORY_MS, 1],
      [1, 2],
    ] as const) {
      elapsed += after;
      expect([await authenticator.identify(`Bearer ${young}`), store.lookups]).toEqual([null, lookups]);
    }
  });

  it('keeps nothing that was read before it was told to ask again', async () => {
    const authenticator = open(rootKey);
    const before = authenticator.identify(`Bearer ${secret}`); // has read the key as it is, and not answered yet
    store.row = { ...store.row, revokedAt: new Date(now) };
    authenticator.forget('k1');
    const during = authenticator.identify(`Bearer ${secret}`);
    expect(await before).not.toBeNull();
    expect(await during).toBeNull();
    expect(await authenticator.identify(`Bearer ${secret}`)).toBeNull();
    expect(store.lookups).toBe(2);
  });

  it('is not kept from the known keys by a flood of unknown ones', async () => {
    const authenticator = open(rootKey);
    await authenticator.identify(`Bearer ${secret}`);
    for (let index = 0; index < 10_100; index += 1) await authenticator.identify(`Bearer ${mintSecret().secret}`);
    const before = store.lookups;
    await authenticator.identify(`Bearer ${secret}`);
    expect(store.lookups).toBe(before);
  });

  it('passes on that the store is away, and does not remember it', async () => {
    const authenticator = open(rootKey);
    store.failure = new Error('away');
    await expect(authenticator.identify(`Bearer ${secret}`)).rejects.toThrow('away');
    store.failure = null;
    expect(await authenticator.identify(`Bearer ${secret}`)).not.toBeNull();
  });

  it('notes the use of a key at most once a minute, and survives when it cannot', async () => {
    const authenticator = open(rootKey);
    for (let index = 0; index < 5; index += 1) await authenticator.identify(`Bearer ${secret}`);
    expect(store.uses).toBe(1);
    now += 60_000;
    await authenticator.identify(`Bearer ${secret}`);
    expect(store.uses).toBe(2);
    now += 60_000;
    store.failure = new Error('away');
    expect(await authenticator.identify(`Bearer ${secret}`)).not.toBeNull();
    await Promise.resolve();
    expect(lost).toHaveLength(1);
  });
});
