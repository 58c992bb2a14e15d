import type { Packing } from './pack-tensor.js';
import type { PageCursor } from './page-token.js';

/** What stays for ever: metadata and commitments, no personal data but what the caller put into labels. */
export interface ExplanationRow {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
  readonly jobId: string;
  readonly method: string;
  readonly modelName: string;
  readonly modelVersion: string;
  readonly modelSha256: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly predictedClass: string | null;
  readonly confidence: number | null;
  readonly subjectKeyId: string;
  readonly resultPayloadId: string;
  readonly evaluations: number;
  readonly modelRows: number;
  readonly budget: number;
  readonly estimated: boolean;
  readonly truncated: boolean;
  readonly warningCodes: readonly string[];
  readonly timing: Readonly<Record<string, number>>;
  readonly environment: Readonly<Record<string, unknown>>;
  readonly tensors: readonly TensorRow[];
  readonly createdAt: Date;
  readonly searchable: Searchable;
  /** Null while its payload is there. */
  readonly erasure: Erasure | null;
}

/** When and why a payload was destroyed: a person asked for it, or a rule of retention did. */
export interface Erasure {
  readonly at: Date;
  readonly reason: 'request' | 'retention';
}

/** How much of an input the full text finds: all words, the first ones, none yet, or none any more. */
export const searchabilities = ['all', 'part', 'not-yet', 'none'] as const;
export type Searchable = (typeof searchabilities)[number];

export interface TensorRow {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly maxAbsError: number;
  readonly payloadId: string;
  /** Absent in rows from before there was one: as they are. */
  readonly packing?: Packing;
}

export interface ExplanationFilter {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly method?: string | undefined;
  readonly actor?: string | undefined;
  readonly predictedClass?: string | undefined;
  readonly minConfidence?: number | undefined;
  readonly createdAfter?: Date | undefined;
  readonly createdBefore?: Date | undefined;
  /** Terms of words in the input, as `History.wordTerms` makes them. All must match. */
  readonly words?: readonly bigint[] | undefined;
  /** All must match. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface PayloadRow {
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
  /** The data key it is sealed under, as it rests; null when that was destroyed. */
  readonly wrappedKey: Uint8Array<ArrayBuffer> | null;
}

/** Reads stored explanations of one tenant. Implemented by persistence. */
export abstract class ExplanationStore {
  /** Newest first by (createdAt, id), strictly after the cursor; at most `limit` rows. */
  abstract list(tenant: string, filter: ExplanationFilter, after: PageCursor | null, limit: number): Promise<readonly ExplanationRow[]>;
  /** Whether words of some explanations are still to be read, so that a search may miss them. */
  abstract hasUnindexed(tenant: string): Promise<boolean>;
  abstract find(tenant: string, id: string): Promise<ExplanationRow | null>;
  /** Null when it was destroyed. */
  abstract findPayload(tenant: string, id: string): Promise<PayloadRow | null>;
  /** Whether a payload and the key it is sealed under are there. */
  abstract hasPayload(tenant: string, id: string): Promise<boolean>;
}
