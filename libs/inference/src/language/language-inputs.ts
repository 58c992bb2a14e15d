import { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import type { GraphValue, ModelGraph } from '#graph';
import type { Feeds } from '../session/onnx-session.js';
import { mergedInput } from './merged-input.js';
import { emptySlot, isCacheInput, readCacheSlot, type CacheSlot } from './cache-slot.js';

const roles = ['input_ids', 'attention_mask', 'position_ids', 'token_type_ids'] as const;
type Role = (typeof roles)[number];

/** What a language model's graph wants to be fed. */
export interface LanguageInputs {
  readonly types: ReadonlyMap<Role, 'int64' | 'int32'>;
  /** Keys and values of the tokens before; none where the graph reads the whole text every time. */
  readonly cache: readonly CacheSlot[];
  /** Whether it has a branch with a cache and one without. */
  readonly merged: boolean;
}

/** @throws ExplainProblem MODEL_UNSUPPORTED that names the input */
export function readLanguageInputs(graph: ModelGraph): LanguageInputs {
  const types = new Map<Role, 'int64' | 'int32'>();
  const cache: CacheSlot[] = [];
  let merged = false;
  for (const input of graph.inputs) {
    const role = roles.find((one) => one === input.name);
    if (role !== undefined) types.set(role, readRole(input));
    else if (isCacheInput(input)) cache.push(readCacheSlot(graph, input));
    else if (input.name === mergedInput && input.elementType === 'bool') merged = true;
    else throw refuse(input, `; ${roles.join(', ')} and past_key_values are known`);
  }
  if (merged && cache.length === 0) throw refuseMerged();
  return { types, cache, merged };
}

function readRole(input: GraphValue): 'int64' | 'int32' {
  const { kind, elementType, shape } = input;
  if (kind !== 'tensor' || (elementType !== 'int64' && elementType !== 'int32')) throw refuse(input, ' of int64 or int32 was expected');
  const [rows, tokens] = shape ?? [null, null];
  if ((shape !== null && shape.length !== 2) || (typeof rows === 'number' && rows !== 1) || typeof tokens === 'number')
    throw refuse(input, ` as [${shape?.join(', ') ?? ''}]; [1, tokens] was expected, for any number of tokens`);
  return elementType;
}

/**
 * Feeds of one pass, for a batch of one.
 *
 * @param ids that are fed: those behind the tokens in the cache
 * @param past tokens in the cache
 * @param cache keys and values of these, one tensor for each slot; empty before the first pass
 */
export function feedLanguage(
  { types, cache: slots, merged }: LanguageInputs,
  ids: Int32Array,
  past: number,
  cache: readonly Tensor[],
): Feeds {
  const fresh: Record<Exclude<Role, 'attention_mask'>, (at: number) => number> = {
    input_ids: (at) => ids[at] ?? 0,
    position_ids: (at) => past + at,
    token_type_ids: () => 0,
  };
  const feeds: Record<string, Tensor> = {};
  for (const [role, type] of types)
    feeds[role] =
      role === 'attention_mask' ? toIntegers(type, past + ids.length, () => 1) : toIntegers(type, ids.length, (at) => fresh[role](at));
  if (merged) feeds[mergedInput] = new Tensor('bool', Uint8Array.of(1), [1]);
  slots.forEach((slot, at) => (feeds[slot.input] = cache[at] ?? emptySlot(slot)));
  return feeds;
}

/**
 * Feeds of whole texts, a row each, with nothing in the cache.
 *
 * @param rows ids of texts of equal length
 */
export function feedTexts({ types, cache, merged }: LanguageInputs, rows: readonly Int32Array[]): Feeds {
  const length = rows[0]?.length ?? 0;
  const value: Record<Role, (row: Int32Array, at: number) => number> = {
    input_ids: (row, at) => row[at] ?? 0,
    attention_mask: () => 1,
    position_ids: (_row, at) => at,
    token_type_ids: () => 0,
  };
  const feeds: Record<string, Tensor> = {};
  for (const [role, type] of types) {
    const numbers = rows.flatMap((row) => Array.from({ length }, (_, at) => value[role](row, at)));
    const dims = [rows.length, length];
    feeds[role] =
      type === 'int32'
        ? new Tensor('int32', Int32Array.from(numbers), dims)
        : new Tensor('int64', BigInt64Array.from(numbers, BigInt), dims);
  }
  if (merged) feeds[mergedInput] = new Tensor('bool', Uint8Array.of(1), [1]);
  for (const slot of cache) feeds[slot.input] = emptySlot(slot, rows.length);
  return feeds;
}

function toIntegers(type: 'int64' | 'int32', length: number, value: (at: number) => number): Tensor {
  const numbers = Int32Array.from({ length }, (_, at) => value(at));
  return type === 'int32'
    ? new Tensor('int32', numbers, [1, length])
    : new Tensor('int64', BigInt64Array.from(numbers, BigInt), [1, length]);
}

function refuse({ name, elementType, kind }: GraphValue, what: string): ExplainProblem {
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    `the graph reads ${name} (${elementType ?? kind})${what}`,
    null,
    'Export the model for text generation, with or without past key values, with dynamic axes.',
  );
}

function refuseMerged(): ExplainProblem {
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    `the graph reads ${mergedInput}, as merged decoders do, and no past keys and values`,
    null,
    'Export decoder_with_past_model.onnx (or decoder_model.onnx) in place of decoder_model_merged.onnx.',
  );
}
