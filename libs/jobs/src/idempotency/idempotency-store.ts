/** An answer as it is kept: where it points is plain, its body is sealed. */
export interface KeptAnswer {
  /** HMAC of method, route and canonical body: equal exactly for the same request. */
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  readonly status: number;
  readonly location: string | null;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/**
 * The right to answer under an Idempotency-Key. Whoever creates something takes it along into the transaction that does
 * so: the key is inserted first, the answer is kept last, and a key that is there already makes it throw KeyTaken.
 */
export interface KeyMark<Made> {
  readonly key: string;
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  /** The answer to what was made. */
  keep(made: Made): KeptAnswer;
}

/** Answers kept under the keys of one tenant. Implemented by persistence. */
export abstract class IdempotencyStore {
  abstract find(tenant: string, key: string): Promise<KeptAnswer | null>;
  /** Forgets answers older than this; returns how many. */
  abstract forget(olderThanHours: number): Promise<number>;
}

/** Another request has answered under this key meanwhile: the transaction is undone. */
export class KeyTaken extends Error {
  override readonly name = 'KeyTaken';

  constructor() {
    super('the key is taken');
  }
}
