import type { ApiKey } from './api-key.js';
import type { Principal } from './principal.js';
import type { Scope } from './scope.js';

export interface NewApiKey {
  readonly tenant: string;
  readonly name: string;
  readonly actor: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** Where keys rest. Implemented by persistence. */
export abstract class ApiKeyStore {
  /** One transaction: the key and its audit leaf. The tenant must exist. */
  abstract add(principal: Principal, key: NewApiKey, requestId: string): Promise<ApiKey>;
  /** Newest first by (createdAt, id), strictly after the cursor; revoked and expired ones too. */
  abstract list(tenant: string, after: { readonly createdAt: Date; readonly id: string } | null, limit: number): Promise<readonly ApiKey[]>;
  /** Ends a key for ever, with its audit leaf. False when the tenant has no such key; true and no second leaf when it was revoked before. */
  abstract revoke(principal: Principal, tenant: string, id: string, requestId: string): Promise<boolean>;
  /** The key with this hash, of any tenant. */
  abstract findByHash(hash: Uint8Array<ArrayBuffer>): Promise<ApiKey | null>;
  /** Notes that a key was used, unless that was noted less than a minute ago. */
  abstract noteUse(key: Pick<ApiKey, 'id' | 'tenant'>): Promise<void>;
}
