import { createHash } from 'node:crypto';
import type { Principal } from '#access';
import { canonicalJson } from '#audit';
import { commit, seal, unseal, type KeyRing } from '#history';
import { ProblemError } from '#platform';
import { KeyTaken, type IdempotencyStore, type KeptAnswer, type KeyMark } from './idempotency-store.js';

/** A request that may be sent twice and must act once. */
export interface RepeatableRequest {
  readonly principal: Principal;
  /** The Idempotency-Key; null where the client sent none. */
  readonly key: string | null;
  readonly method: string;
  /** Path with its ids, without a query. */
  readonly path: string;
  /** The body as it was parsed, before defaults; undefined where there was none. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly location: string | null;
  /** JSON. */
  readonly body: unknown;
}

/**
 * Makes a request act once, however often it is sent (Idempotency-Key). The answer is kept in the transaction that does
 * the work, so that no crash lies between the two. Requests that come while the first is at work wait for it.
 */
export class Idempotency {
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: IdempotencyStore,
    private readonly keys: KeyRing,
  ) {}

  /**
   * @param act does the work and hands the mark to the transaction that does it; null where there is no key. What it
   *   throws is not kept.
   * @param describe the answer to what was made; must not depend on anything else
   * @throws ProblemError IDEMPOTENCY_KEY_REUSED when the key belongs to another request
   */
  async answer<Made>(
    request: RepeatableRequest,
    act: (mark: KeyMark<Made> | null) => Promise<Made>,
    describe: (made: Made) => Answer,
  ): Promise<{ readonly answer: Answer; readonly replayed: boolean }> {
    const { principal, key } = request;
    if (key === null) return { answer: describe(await act(null)), replayed: false };
    const { tenant } = principal;
    const sealKey = await this.keys.answerKey(tenant, principal.actor);
    const fingerprint = fingerprintOf(sealKey, request);
    const mark: KeyMark<Made> = { key, fingerprint, keep: (made) => sealAnswer(sealKey, tenant, key, fingerprint, describe(made)) };
    const name = JSON.stringify([tenant, key]);
    for (;;) {
      await this.underWay.get(name)?.catch(() => undefined); // how the other one ended shows below
      if (this.underWay.has(name)) continue;
      const work = this.replayOrAct(tenant, mark, sealKey, act, describe);
      this.underWay.set(name, work);
      try {
        return await work;
      } catch (error) {
        if (!(error instanceof KeyTaken)) throw error;
      } finally {
        this.underWay.delete(name);
      }
    }
  }

  private async replayOrAct<Made>(
    tenant: string,
    mark: KeyMark<Made>,
    sealKey: Uint8Array,
    act: (mark: KeyMark<Made>) => Promise<Made>,
    describe: (made: Made) => Answer,
  ) {
    const kept = await this.store.find(tenant, mark.key);
    if (kept === null) return { answer: describe(await act(mark)), replayed: false };
    if (Buffer.compare(kept.fingerprint, mark.fingerprint) !== 0)
      throw new ProblemError('IDEMPOTENCY_KEY_REUSED', { detail: 'this Idempotency-Key was sent with another request before' });
    return { answer: openAnswer(sealKey, tenant, mark.key, kept), replayed: true };
  }
}

// Keyed, since a bare hash of a short text could be found by trying texts.
function fingerprintOf(sealKey: Uint8Array, { method, path, body }: RepeatableRequest): Uint8Array<ArrayBuffer> {
  const request = canonicalJson([method, path, body ?? null]);
  return commit(sealKey, createHash('sha256').update(request, 'utf8').digest());
}

function sealAnswer(
  sealKey: Uint8Array,
  tenant: string,
  key: string,
  fingerprint: Uint8Array<ArrayBuffer>,
  { status, location, body }: Answer,
): KeptAnswer {
  const { nonce, ciphertext } = seal(sealKey, Buffer.from(JSON.stringify(body), 'utf8'), context(tenant, key));
  return { fingerprint, status, location, nonce, ciphertext };
}

function openAnswer(sealKey: Uint8Array, tenant: string, key: string, kept: KeptAnswer): Answer {
  const body: unknown = JSON.parse(Buffer.from(unseal(sealKey, kept, context(tenant, key))).toString('utf8'));
  return { status: kept.status, location: kept.location, body };
}

function context(tenant: string, key: string): string {
  return `answer:${JSON.stringify([tenant, key])}`;
}
