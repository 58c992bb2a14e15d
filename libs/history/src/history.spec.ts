import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ExplanationRow, ExplanationStore, PayloadRow } from './explanation-store.js';
import { History, payloadContext } from './history.js';
import { KeyRing, type FreshSubjectKey } from './key-ring.js';
import type { KeyStore } from './key-store.js';
import { seal } from './seal.js';

const numbers = Uint8Array.from({ length: 64 }, (_, at) => at);
const row = {
  ...{ id: 'one', tenant: 'a', erasure: null },
  tensors: [{ name: 'attention', shape: [8, 8], dtype: 'u8', maxAbsError: 0, payloadId: 'payload' }],
} as unknown as ExplanationRow;

let payload: PayloadRow | null;
let reads: number;
let key: FreshSubjectKey;
let history: History;

beforeEach(async () => {
  const keyStore = { findOrAddTenantKey: (_tenant: string, fresh: Uint8Array) => Promise.resolve(fresh) } as unknown as KeyStore;
  const keys = new KeyRing(keyStore, new Uint8Array(32).fill(1));
  key = await keys.createSubjectKey('a', 'local');
  const { nonce, ciphertext } = seal(key.dataKey, numbers, payloadContext('payload'));
  payload = { nonce, ciphertext, wrappedKey: key.wrappedKey };
  reads = 0;
  const store = {
    findPayload: (tenant: string) => ((reads += 1), Promise.resolve(tenant === 'a' ? payload : null)),
    hasPayload: (tenant: string) => Promise.resolve(tenant === 'a' && payload !== null),
  } as unknown as ExplanationStore;
  history = new History(store, keys);
});

const open = (tenant = 'a') => history.openTensor(tenant, { ...row, subjectKeyId: key.id }, 'attention');

describe('the numbers of a tensor', () => {
  it('are opened once for many reads of parts', async () => {
    expect([...((await Promise.all([open(), open()]))[1] ?? [])]).toEqual([...numbers]);
    expect([...((await open()) ?? [])]).toEqual([...numbers]);
    expect(reads).toBe(1);
  });

  it('are not given any more once their payload was destroyed', async () => {
    await open();
    payload = null;
    expect(await open()).toBeNull();
    expect(await open()).toBeNull();
  });

  it('are not given to another tenant', async () => {
    await open();
    expect(await open('b')).toBeNull();
  });

  it('are forgotten when they are told to be', async () => {
    await open();
    history.forget('a', 'one');
    await open();
    expect(reads).toBe(2);
  });
});
