import { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import { findHeadSize, type GraphValue, type ModelGraph } from '#graph';

/** A tensor of keys or values that a pass reads and gives back longer: [1, heads, tokens, size]. */
export interface CacheSlot {
  /** Such as past_key_values.0.key. */
  readonly input: string;
  /** Such as present.0.key. */
  readonly output: string;
  readonly type: 'float32' | 'float16';
  readonly heads: number;
  /** Numbers of a head. */
  readonly size: number;
}

const past = /^past(?:_key_values)?/;

export function isCacheInput({ name }: GraphValue): boolean {
  return past.test(name);
}

/** @throws ExplainProblem MODEL_UNSUPPORTED that names the input */
export function readCacheSlot(graph: ModelGraph, input: GraphValue): CacheSlot {
  const { name, elementType, shape } = input;
  if (elementType !== 'float32' && elementType !== 'float16') throw refuse(input, 'float32 or float16 was expected');
  const [rows, heads, tokens, length] = shape ?? [];
  const size = typeof length === 'number' ? length : findHeadSize(graph, name);
  const known = shape?.length === 4 && (rows === 1 || typeof rows !== 'number') && typeof tokens !== 'number';
  if (!known || typeof heads !== 'number' || size === null)
    throw refuse(input, `its shape is [${shape?.map((one) => one ?? '?').join(', ') ?? ''}]; [1, heads, tokens, size] was expected`);
  const output = name.replace(past, 'present');
  if (!graph.outputs.some((one) => one.name === output)) throw refuse(input, `there is no output ${output} to go on with`);
  return { input: name, output, type: elementType, heads, size };
}

/** Keys or values of no token. */
export function emptySlot({ type, heads, size }: CacheSlot, rows = 1): Tensor {
  const shape = [rows, heads, 0, size];
  return type === 'float16' ? new Tensor('float16', new Uint16Array(0), shape) : new Tensor('float32', new Float32Array(0), shape);
}

/**
 * @param tokens that were read, and that the cache is to hold
 * @throws ExplainProblem MODEL_UNSUPPORTED where a cache is cut, or preallocated
 */
export function checkSlot({ output, heads, size }: CacheSlot, { dims }: Tensor, tokens: number): void {
  const [rows, found, length, width] = dims;
  if (dims.length === 4 && rows === 1 && found === heads && length === tokens && width === size) return;
  throw new ExplainProblem(
    'MODEL_UNSUPPORTED',
    `output ${output} has the shape [${dims.join(', ')}] after ${tokens} tokens; [1, ${heads}, ${tokens}, ${size}] was expected`,
    null,
    'Export the model with a cache that keeps every token, without a sliding window or a static cache.',
  );
}

function refuse({ name }: GraphValue, what: string): ExplainProblem {
  const remedy = 'Export the model with past_key_values.N.key and .value of the shape [batch, heads, tokens, size], or without a cache.';
  return new ExplainProblem('MODEL_UNSUPPORTED', `the graph reads a cache ${name}; ${what}`, null, remedy);
}
