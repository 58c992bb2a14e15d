import { createHash } from 'node:crypto';
import type { Erasure, ExplanationRow, ExplanationStore, PayloadRow } from './explanation-store.js';
import type { KeyRing, SubjectKey } from './key-ring.js';
import { sizeOfTensor } from './result-document.js';
import { unpackTensor } from './pack-tensor.js';
import { unseal } from './seal.js';
import { queryTerms } from './search/search-terms.js';
import { TensorCache } from './tensor-cache.js';
import { TensorLanes } from './tensor-lanes.js';

/** A stored explanation with its opened result document. */
export interface OpenedExplanation {
  readonly row: ExplanationRow;
  /** The canonical bytes exactly as they were hashed. */
  readonly bytes: Uint8Array;
  /** Lower-case hex SHA-256 of the bytes, computed now. */
  readonly resultHash: string;
}

export type ExplanationLookup =
  | { readonly kind: 'found'; readonly explanation: OpenedExplanation }
  | { readonly kind: 'absent' }
  | { readonly kind: 'erased'; readonly erasure: Erasure | null };

/** Opens explanations: finds the row, unwraps the subject's key, unseals the payload. */
export class History {
  private readonly tensors = new TensorCache();
  private readonly lanes = new TensorLanes();

  constructor(
    private readonly store: ExplanationStore,
    private readonly keys: KeyRing,
  ) {}

  async open(tenant: string, id: string): Promise<ExplanationLookup> {
    const row = await this.store.find(tenant, id);
    if (row === null) return { kind: 'absent' };
    if (row.erasure !== null) return { kind: 'erased', erasure: row.erasure };
    const bytes = await this.openPayload(tenant, row.subjectKeyId, row.resultPayloadId);
    if (bytes === null) return { kind: 'erased', erasure: null };
    return { kind: 'found', explanation: { row, bytes, resultHash: createHash('sha256').update(bytes).digest('hex') } };
  }

  /** What a query of words looks for; empty when there is no word in it. */
  async wordTerms(tenant: string, query: string): Promise<readonly bigint[]> {
    return queryTerms(await this.keys.openSearchKey(tenant), query);
  }

  /**
   * The numbers of a stored tensor, little-endian; null when erased or absent. Those of the last few are kept, and given only while their
   * payload can still be read.
   *
   * @throws TensorsBusy where too many large ones are waited for
   */
  async openTensor(tenant: string, row: ExplanationRow, name: string): Promise<Uint8Array | null> {
    const tensor = row.tensors.find((one) => one.name === name);
    if (tensor === undefined) return null;
    const which = { tenant, explanation: row.id, name };
    const kept = this.tensors.get(which);
    if (kept !== undefined) {
      if (await this.store.hasPayload(tenant, tensor.payloadId)) return kept;
      this.tensors.forget(which);
      return null;
    }
    const size = sizeOfTensor(tensor);
    return this.tensors.open(which, () =>
      this.lanes.run(size, async () => {
        const bytes = await this.openPayload(tenant, row.subjectKeyId, tensor.payloadId);
        return bytes === null ? null : unpackTensor({ packing: tensor.packing ?? null, bytes }, size);
      }),
    );
  }

  /** Forgets what is kept of an explanation that was erased. */
  forget(tenant: string, explanation: string): void {
    this.tensors.forget({ tenant, explanation });
  }

  /** A payload's plaintext, or null when it or its key was destroyed. */
  async openPayload(tenant: string, subjectKeyId: string, payloadId: string): Promise<Uint8Array | null> {
    const payload = await this.store.findPayload(tenant, payloadId);
    return payload === null ? null : ((await this.openSealed(tenant, subjectKeyId, payloadId, payload))?.bytes ?? null);
  }

  /** A payload that was read already, with the key of its subject. Null when that was destroyed. */
  async openSealed(
    tenant: string,
    subjectKeyId: string,
    payloadId: string,
    { wrappedKey, ...sealed }: PayloadRow,
  ): Promise<{ readonly bytes: Uint8Array; readonly key: SubjectKey } | null> {
    if (wrappedKey === null) return null;
    const key = await this.keys.unwrapSubjectKey(tenant, { id: subjectKeyId, wrappedKey });
    return { bytes: unseal(key.dataKey, sealed, payloadContext(payloadId)), key };
  }
}

/** Associated data of a payload's seal. */
export function payloadContext(payloadId: string): string {
  return `payload:${payloadId}`;
}
