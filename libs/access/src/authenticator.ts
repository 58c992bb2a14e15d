import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { hashSecret, isSecret, type ApiKey } from './api-key.js';
import type { ApiKeyStore } from './api-key-store.js';
import { localPrincipal, rootPrincipal, type Principal } from './principal.js';

/** How long an answer of the store is believed: a key revoked through another gateway still opens this one for so long. */
export const KEY_MEMORY_MS = 3000;
const REMEMBERED = 10_000;
const USE_NOTED_MS = 60_000;

export interface AuthenticatorParts {
  readonly store: ApiKeyStore;
  /** VITRINE_ADMIN_KEY; null where everyone on loopback is `local`. */
  readonly rootKey: string | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds on a clock that nobody sets back, by which keys are remembered; the process's own where left out. */
  readonly elapsed?: () => number;
  /** Told when the last use of a key could not be noted; the request goes on. */
  readonly onLostUse: (error: unknown) => void;
}

/** Finds out who sent a request. */
export class Authenticator {
  // Known and unknown secrets apart, so that a flood of made-up ones cannot push the known ones out.
  private readonly known: LRUCache<string, ApiKey>;
  private readonly unknown: LRUCache<string, true>;
  private readonly asking = new Map<string, Promise<ApiKey | null>>();
  private readonly noted = new LRUCache<string, number>({ max: REMEMBERED });
  private readonly rootHash: Uint8Array | null;

  constructor(private readonly parts: AuthenticatorParts) {
    const now = parts.elapsed ?? (() => performance.now());
    const memory = { max: REMEMBERED, ttl: KEY_MEMORY_MS, ttlResolution: 0, perf: { now } };
    this.known = new LRUCache<string, ApiKey>(memory);
    this.unknown = new LRUCache<string, true>(memory);
    this.rootHash = parts.rootKey === null ? null : hashSecret(parts.rootKey);
  }

  /**
   * Who sent a request, or null when it may not enter. A key that is presented counts, whatever the settings; without one,
   * the request is `local` where no root key is set, because the platform then listens on loopback only.
   *
   * @param authorization the Authorization header as sent
   * @throws StoreUnavailable when a key has to be looked up and the store is away
   */
  async identify(authorization: string | undefined): Promise<Principal | null> {
    if (authorization === undefined) return this.rootHash === null ? localPrincipal : null;
    const secret = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization)?.[1];
    if (secret === undefined) return null;
    const hash = hashSecret(secret);
    if (this.rootHash !== null && timingSafeEqual(hash, this.rootHash)) return rootPrincipal;
    const key = isSecret(secret) ? await this.find(hash) : null;
    if (key === null || !this.isAlive(key)) return null;
    this.noteUse(key);
    return { tenant: key.tenant, actor: key.actor, actorType: 'key', authMethod: 'api-key', keyId: key.id, scopes: key.scopes };
  }

  /** Makes this process ask the store again about a key. */
  forget(keyId: string): void {
    for (const [hash, key] of this.known.entries()) if (key.id === keyId) this.known.delete(hash);
    // What is being read may be the key as it was before: its answer is kept by nobody, and who comes now asks anew.
    this.asking.clear();
  }

  private async find(hash: Uint8Array<ArrayBuffer>): Promise<ApiKey | null> {
    const name = Buffer.from(hash).toString('base64');
    const known = this.known.get(name);
    if (known !== undefined) return known;
    if (this.unknown.has(name)) return null;
    const underWay = this.asking.get(name);
    if (underWay !== undefined) return underWay;
    const question = this.parts.store.findByHash(hash);
    this.asking.set(name, question);
    try {
      const key = await question;
      if (this.asking.get(name) === question) this.remember(name, key);
      return key;
    } finally {
      if (this.asking.get(name) === question) this.asking.delete(name);
    }
  }

  private remember(name: string, key: ApiKey | null): void {
    if (key === null) this.unknown.set(name, true);
    else this.known.set(name, key);
  }

  private isAlive(key: ApiKey): boolean {
    return key.revokedAt === null && (key.expiresAt === null || key.expiresAt.getTime() > this.parts.now());
  }

  private noteUse(key: ApiKey): void {
    const now = this.parts.now();
    if (now - (this.noted.get(key.id) ?? -Infinity) < USE_NOTED_MS) return;
    this.noted.set(key.id, now);
    this.parts.store.noteUse(key).catch((error: unknown) => this.parts.onLostUse(error));
  }
}
