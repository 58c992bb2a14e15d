import { Tensor } from 'onnxruntime-node';
import type { ModelGraph } from '#graph';
import type { ConformanceCase } from '../conformance-case.js';
import { planRuns } from '../feed-case.js';

/** Rows and tokens of tiny runs, no two alike. */
const sizes = [
  { rows: 2, tokens: 7, decoded: 4 },
  { rows: 3, tokens: 5, decoded: 3 },
] as const;

/** Feeds of tiny runs that differ in every open length: cut from what the case feeds; at first several rows, then one at a time. */
export function makeTrials(one: ConformanceCase, graph: ModelGraph): readonly (readonly Readonly<Record<string, Tensor>>[])[] {
  const [run] = planRuns(one, graph);
  if (run === undefined) throw new Error(`${one.name} feeds nothing`);
  const width = one.tensors.get('input.input_ids')?.shape[1] ?? 0;
  const make = (alone: boolean) =>
    sizes.map(({ rows, tokens, decoded }) =>
      Object.fromEntries(
        Object.entries(run.feeds).map(([name, tensor]) => {
          const count = alone ? 1 : rows;
          const length = tensor.dims[1] === width || tensor.dims[1] === run.tokens ? tokens : decoded;
          return [name, tensor.dims.length === 2 ? cut(tensor, count, length) : repeat(tensor, count)];
        }),
      ),
    );
  return one.oneRowAtATime === undefined ? [make(false), make(true)] : [make(true)];
}

function cut(tensor: Tensor, rows: number, tokens: number): Tensor {
  const [have = 1, width = 0] = tensor.dims;
  const at = (row: number, token: number) => Number(tensor.data[(row % have) * width + token]);
  const numbers = Array.from({ length: rows * tokens }, (_, index) => at(Math.floor(index / tokens), index % tokens));
  return tensor.type === 'int32'
    ? new Tensor('int32', Int32Array.from(numbers), [rows, tokens])
    : new Tensor('int64', BigInt64Array.from(numbers, BigInt), [rows, tokens]);
}

/** A cache of no token has no numbers to repeat. */
function repeat({ type, data, dims }: Tensor, rows: number): Tensor {
  const shape = [rows, ...dims.slice(1)];
  return type === 'float16' ? new Tensor('float16', data as Uint16Array, shape) : new Tensor('float32', data as Float32Array, shape);
}
