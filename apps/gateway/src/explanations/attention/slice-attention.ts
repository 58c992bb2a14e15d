import { ProblemError } from '#platform';
import { readTensor } from '../read-tensor.js';
import type { AttentionQuestion } from './attention-query.js';
import type { KeptAttention } from './find-attention.js';

/** Numbers of a tensor as they rest. */
export interface StoredNumbers {
  readonly dtype: string;
  /** Little-endian. */
  readonly bytes: Uint8Array;
}

/** A part of the attention of an explanation. */
export interface AttentionPart {
  readonly layer: number | null;
  readonly head: number | null;
  /** Numbers of the heads in `values`. */
  readonly heads: readonly number[];
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** Whether the rows are those of generated tokens: what was looked at when each was chosen. */
  readonly isGenerated: boolean;
  /** Whether the columns are another text than the rows. */
  readonly isCross: boolean;
  /** [heads, queries, keys]; heads is 1 for a chosen head and for a rollout. */
  readonly values: Float32Array;
}

/**
 * The layer, head and row that were asked for.
 *
 * @param stored of the whole tensor
 * @throws ProblemError FILTER_INVALID for one that is not there
 */
export function sliceAttention(kept: KeptAttention, stored: StoredNumbers, choice: AttentionQuestion): AttentionPart {
  const { layers, heads, queries, keys } = kept;
  const size = queries.length * keys.length;
  if (layers === null) {
    refuse(choice, ['layer', 'head', 'step'], 'a rollout is one map over all layers and heads');
    return { layer: null, head: null, heads: [], queries, keys, isGenerated: false, isCross: false, values: readNumbers(stored, 0, size) };
  }
  if (!kept.isGenerated) refuse(choice, ['step'], 'nothing was generated');
  const layer = choice.layer ?? (layers.length === 1 ? layers[0] : undefined);
  if (layer === undefined) throw invalid('layer is missing, and the explanation has several', `Layers: ${layers.join(', ')}.`);
  const start = place('layer', layer, layers) * heads.length * size;
  const from = choice.head === undefined ? 0 : place('head', choice.head, heads);
  const to = choice.head === undefined ? heads.length : from + 1;
  const part = {
    layer,
    head: choice.head ?? null,
    heads: heads.slice(from, to),
    queries,
    keys,
    isGenerated: kept.isGenerated,
    isCross: kept.isCross,
    values: readNumbers(stored, start + from * size, start + to * size),
  };
  return choice.step === undefined ? part : takeRow(part, choice.step);
}

/** The numbers from one place to before another: no others are made readable, since there can be 64 million. */
function readNumbers({ dtype, bytes }: StoredNumbers, from: number, to: number): Float32Array {
  const width = dtype === 'f32' ? 4 : 1;
  // A copy: floats begin at a multiple of four.
  const readable = readTensor(dtype, bytes.slice(from * width, to * width)).bytes;
  return new Float32Array(readable.buffer, readable.byteOffset, readable.byteLength / 4);
}

/** One row of every head, over the tokens before the one that was generated (those after it were not there), or over all of another text. */
function takeRow(part: AttentionPart, step: number): AttentionPart {
  const { queries, keys, heads, values } = part;
  const query = queries[step];
  if (query === undefined) throw invalid(`there is no step ${step}`, `Steps: 0 … ${queries.length - 1}.`);
  const seen = part.isCross ? keys : keys.slice(0, keys.length - (queries.length - 1 - step));
  const row = new Float32Array(heads.length * seen.length);
  heads.forEach((_, head) => {
    const start = (head * queries.length + step) * keys.length;
    row.set(values.subarray(start, start + seen.length), head * seen.length);
  });
  return { ...part, queries: [query], keys: seen, values: row };
}

function place(what: string, asked: number, present: readonly number[]): number {
  const found = present.indexOf(asked);
  if (found >= 0) return found;
  throw invalid(`the explanation has no ${what} ${asked}`, `It has: ${present.join(', ')}.`);
}

function refuse(choice: AttentionQuestion, names: readonly ('layer' | 'head' | 'step')[], why: string): void {
  const given = names.find((name) => choice[name] !== undefined);
  if (given !== undefined) throw invalid(`${given} was given, and ${why}`, `Leave ${given} out.`);
}

function invalid(detail: string, remedy: string): ProblemError {
  return new ProblemError('FILTER_INVALID', { detail, remedy });
}
