import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from './scope.js';

/** A stored key as people see it: never its secret. */
export interface ApiKey {
  readonly id: string;
  readonly tenant: string;
  /** What the owner calls it. */
  readonly name: string;
  /** The name that everything done with this key is recorded under. */
  readonly actor: string;
  /** Who made it. */
  readonly createdBy: string;
  /** The first characters of the secret, to tell keys apart. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** To the minute, and written behind the answer. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

const START = 'vtr_';
const SECRET_BYTES = 32;
const PREFIX_LENGTH = START.length + 8;
const SECRET = /^vtr_[A-Za-z0-9_-]{43}$/;

/** A fresh secret of 256 random bits, with what of it may be stored. */
export interface MintedSecret {
  /** Shown once. */
  readonly secret: string;
  readonly prefix: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

export function mintSecret(): MintedSecret {
  const secret = START + randomBytes(SECRET_BYTES).toString('base64url');
  return { secret, prefix: secret.slice(0, PREFIX_LENGTH), hash: hashSecret(secret) };
}

/** SHA-256. A secret of 256 random bits cannot be found by trying, so that no slow hash is needed. */
export function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(secret, 'utf8').digest());
}

/** Whether a text has the form of a secret; anything else needs no look-up. */
export function isSecret(text: string): boolean {
  return SECRET.test(text);
}
