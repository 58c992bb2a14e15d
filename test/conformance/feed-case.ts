import { Tensor } from 'onnxruntime-node';
import { findHeadSize, type GraphValue, type ModelGraph } from '#graph';
import type { RealTokens } from '#inference';
import type { StoredTensor } from '#testing';
import type { ConformanceCase } from './conformance-case.js';

/** One run of a case: which of its rows are fed, and what of them is real. */
export interface CaseRun {
  readonly rows: readonly number[];
  /** Tokens of a row that are fed. */
  readonly tokens: number;
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly real: RealTokens;
}

/** The runs of a case: all rows at once, or each alone without its padding where the model reads no other way. */
export function planRuns(one: ConformanceCase, graph: ModelGraph): readonly CaseRun[] {
  const ids = integersOf(one, 'input_ids');
  const [batch = 0, length = 0] = ids.shape;
  const mask = one.tensors.get('input.attention_mask');
  const isReal = (row: number, at: number) => (mask === undefined ? 1 : Number(mask.data[row * length + at]));
  const countReal = (row: number) => Array.from({ length }, (_, at) => isReal(row, at)).reduce((sum, bit) => sum + bit, 0);
  const all = Array.from({ length: batch }, (_, row) => row);
  const plans =
    one.oneRowAtATime === undefined ? [{ rows: all, tokens: length }] : all.map((row) => ({ rows: [row], tokens: countReal(row) }));
  return plans.map(({ rows, tokens }) => ({
    rows,
    tokens,
    feeds: Object.fromEntries(graph.inputs.map((input) => [input.name, feed(one, graph, input, rows, tokens)])),
    real: {
      batch: rows.length,
      tokens: Uint8Array.from(rows.flatMap((row) => Array.from({ length: tokens }, (_, at) => isReal(row, at)))),
      decoderTokens: null,
    },
  }));
}

function feed(one: ConformanceCase, graph: ModelGraph, input: GraphValue, rows: readonly number[], tokens: number): Tensor {
  const stored = one.tensors.get(`input.${input.name}`);
  if (stored !== undefined) {
    const [, length = 0] = stored.shape;
    // Only what the encoder reads is cut to its real tokens; a decoder's input has no padding.
    const kept = length === integersOf(one, 'input_ids').shape[1] ? tokens : length;
    const numbers = rows.flatMap((row) => Array.from({ length: kept }, (_, at) => Number(stored.data[row * length + at])));
    return integerTensor(input, numbers, [rows.length, kept]);
  }
  if (input.name === 'position_ids')
    return integerTensor(
      input,
      rows.flatMap(() => Array.from({ length: tokens }, (_, at) => at)),
      [rows.length, tokens],
    );
  return emptyCache(graph, input, rows.length);
}

/** Keys or values of no token: [rows, heads, 0, head size]. */
function emptyCache(graph: ModelGraph, input: GraphValue, rows: number): Tensor {
  const [, heads, , size] = input.shape ?? [];
  const headSize = typeof size === 'number' ? size : findHeadSize(graph, input.name);
  if (!input.name.includes('past') || typeof heads !== 'number' || headSize === null)
    throw new Error(`nothing says what to feed as ${input.name}`);
  const shape = [rows, heads, 0, headSize];
  if (input.elementType === 'float16') return new Tensor('float16', new Uint16Array(0), shape);
  return new Tensor('float32', new Float32Array(0), shape);
}

function integerTensor({ elementType }: GraphValue, numbers: readonly number[], shape: readonly number[]): Tensor {
  if (elementType === 'int32') return new Tensor('int32', Int32Array.from(numbers), shape);
  return new Tensor('int64', BigInt64Array.from(numbers, BigInt), shape);
}

function integersOf(one: ConformanceCase, name: string): StoredTensor {
  const stored = one.tensors.get(`input.${name}`);
  if (stored === undefined) throw new Error(`${one.name} has no input ${name}`);
  return stored;
}
