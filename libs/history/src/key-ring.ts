import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { uuidv7 } from 'uuidv7';
import type { KeyStore } from './key-store.js';
import { deriveKey } from './derive-key.js';
import { seal, unseal } from './seal.js';

/** A subject's data key in the clear. Never stored, never logged. */
export interface SubjectKey {
  readonly id: string;
  readonly dataKey: Uint8Array;
}

/** A key made for one job that names no subject; its row is inserted with the job. */
export interface FreshSubjectKey extends SubjectKey {
  readonly wrappedKey: Uint8Array<ArrayBuffer>;
}

/**
 * The hierarchy of keys: the master key (32 bytes, from the settings) wraps tenant keys, a tenant key wraps data keys, one
 * data key per subject. Destroying a wrapped data key makes everything sealed under it unreadable for ever.
 */
export class KeyRing {
  private readonly tenantKeys = new LRUCache<string, Uint8Array>({ max: 1000 });

  constructor(
    private readonly store: KeyStore,
    private readonly masterKey: Uint8Array,
  ) {
    if (masterKey.length !== 32) throw new RangeError('the master key must have 32 bytes');
  }

  /** Makes the tenant, with its key, when it is new. Every other row of a tenant refers to it. */
  async openTenant(tenant: string, actor: string): Promise<void> {
    await this.tenantKey(tenant, actor);
  }

  /** A data key for a job without a subject reference: a subject of its own. */
  async createSubjectKey(tenant: string, actor: string): Promise<FreshSubjectKey> {
    const tenantKey = await this.tenantKey(tenant, actor);
    const id = uuidv7();
    const dataKey = new Uint8Array(randomBytes(32));
    return { id, dataKey, wrappedKey: wrap(tenantKey, dataKey, `subject:${tenant}:${id}`) };
  }

  /** The data key of a named subject, made on first use. */
  async subjectKeyOf(tenant: string, subjectRef: string, actor: string): Promise<SubjectKey> {
    const tenantKey = await this.tenantKey(tenant, actor);
    const fresh = await this.createSubjectKey(tenant, actor);
    const row = await this.store.findOrAddSubjectKey(tenant, commitReference(tenantKey, subjectRef), fresh, actor);
    if (row.wrappedKey === null) throw new RangeError('a live subject key has no key');
    return { id: row.id, dataKey: unwrap(tenantKey, row.wrappedKey, `subject:${tenant}:${row.id}`) };
  }

  /** The data key with this id, or null when it was erased. */
  async openSubjectKey(tenant: string, id: string): Promise<SubjectKey | null> {
    const row = await this.store.findSubjectKey(tenant, id);
    return row?.wrappedKey == null ? null : this.unwrapSubjectKey(tenant, { id, wrappedKey: row.wrappedKey });
  }

  /** A data key from how it rests. Throws when it is not the key of this subject. */
  async unwrapSubjectKey(tenant: string, { id, wrappedKey }: Omit<FreshSubjectKey, 'dataKey'>): Promise<SubjectKey> {
    return { id, dataKey: unwrap(await this.tenantKey(tenant, 'system'), wrappedKey, `subject:${tenant}:${id}`) };
  }

  /** The key under which a tenant's kept answers rest, derived from the tenant's key. Makes the tenant when it is new. */
  async answerKey(tenant: string, actor: string): Promise<Uint8Array> {
    const tenantKey = await this.tenantKey(tenant, actor);
    return deriveKey(tenantKey, 'vitrine kept answer v1');
  }

  /** Derived from the tenant's key: under it words become terms of the search index. */
  async openSearchKey(tenant: string): Promise<Uint8Array> {
    return deriveKey(await this.tenantKey(tenant, 'system'), 'vitrine search v1');
  }

  /** A secret wrapped by the tenant's key. @param context what it is for; only the same context opens it */
  async wrapSecret(tenant: string, actor: string, secret: Uint8Array, context: string): Promise<Uint8Array<ArrayBuffer>> {
    return wrap(await this.tenantKey(tenant, actor), secret, `${context} of ${tenant}`);
  }

  /** What `wrapSecret` wrapped. */
  async openSecret(tenant: string, wrapped: Uint8Array<ArrayBuffer>, context: string): Promise<Uint8Array> {
    return unwrap(await this.tenantKey(tenant, 'system'), wrapped, `${context} of ${tenant}`);
  }

  /** A key for signing page tokens, derived from the master key: tokens survive a restart and are the same on every gateway. */
  pageTokenKey(): Uint8Array {
    return deriveKey(this.masterKey, 'vitrine page token v1');
  }

  private async tenantKey(tenant: string, actor: string): Promise<Uint8Array> {
    const known = this.tenantKeys.get(tenant);
    if (known !== undefined) return known;
    const context = `tenant:${tenant}`;
    const fresh = wrap(this.masterKey, new Uint8Array(randomBytes(32)), context);
    const key = unwrap(this.masterKey, await this.store.findOrAddTenantKey(tenant, fresh, actor), context);
    this.tenantKeys.set(tenant, key);
    return key;
  }
}

function wrap(wrappingKey: Uint8Array, key: Uint8Array, context: string): Uint8Array<ArrayBuffer> {
  const { nonce, ciphertext } = seal(wrappingKey, key, context);
  const wrapped = new Uint8Array(nonce.length + ciphertext.length);
  wrapped.set(nonce);
  wrapped.set(ciphertext, nonce.length);
  return wrapped;
}

function unwrap(wrappingKey: Uint8Array, wrapped: Uint8Array<ArrayBuffer>, context: string): Uint8Array {
  return unseal(wrappingKey, { nonce: wrapped.slice(0, 12), ciphertext: wrapped.slice(12) }, context);
}

function commitReference(tenantKey: Uint8Array, subjectRef: string): Uint8Array<ArrayBuffer> {
  const key = deriveKey(tenantKey, 'vitrine subject reference v1');
  return new Uint8Array(createHmac('sha256', key).update(subjectRef, 'utf8').digest());
}
