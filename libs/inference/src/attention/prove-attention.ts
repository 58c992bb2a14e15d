import type { Tensor } from 'onnxruntime-node';
import type { AttentionLayer } from '#graph';
import { readFloats } from '../session/read-floats.js';
import type { AttentionMap, ChosenQueries, RealTokens } from './attention-map.js';
import { findRealRows } from './find-real-rows.js';
import { sumTolerance } from './sum-tolerance.js';
import { unproven } from './unproven.js';

/** What a masked key may keep; the weakest masks in use subtract 10,000 from its score. */
const hiddenTolerance = 1e-6;

/**
 * Holds a tensor that was found in the graph against what attention is: [batch, heads, queries, keys], or heads folded into the batch
 * where their number is known; rows of real queries are distributions; padded keys have nothing, nor have later ones in a causal layer.
 *
 * @param crossed whether the model has cross-attention, so that causal layers belong to its decoder
 * @param chosen which queries the rows belong to; null for all
 * @throws ExplainProblem ATTENTION_UNPROVEN that names operator, node and what failed
 */
export function proveAttention(
  layer: AttentionLayer,
  tensor: Tensor,
  real: RealTokens,
  crossed: boolean,
  chosen: ChosenQueries | null = null,
): AttentionMap {
  const probabilities = readFloats(tensor);
  if (probabilities === null) throw unproven(layer, `holds ${tensor.type}, not floating-point numbers`);
  const [heads, queries, keys] = readShape(layer, tensor.dims, real.batch);
  const map: AttentionMap = { layer, batch: real.batch, heads, queries, keys, probabilities, quantised: null, scores: null };
  const rows = findRealRows(map, real, crossed, chosen);
  if (rows.at.length !== queries) throw unproven(layer, `has ${queries} rows for ${rows.at.length} chosen queries`);
  for (let row = 0; row < real.batch; row++) {
    const visible = rows.keys.subarray(row * keys, (row + 1) * keys);
    for (let head = 0; head < heads; head++)
      for (const [query, position] of rows.at.entries())
        if (rows.queries[row * rows.of + position] === 1) proveRow(map, { row, head, query }, rows.lastKey(position), visible);
  }
  return map;
}

export function readShape(layer: AttentionLayer, dims: readonly number[], batch: number): readonly [number, number, number] {
  const [first = 0, second = 0, third = 0, fourth = 0] = dims;
  const shape = `the shape [${dims.join(', ')}]`;
  if (dims.length === 4 && first === batch && (layer.heads === null || layer.heads === second)) return [second, third, fourth];
  if (dims.length === 3 && layer.heads !== null && first === batch * layer.heads) return [layer.heads, second, third];
  throw unproven(layer, `has ${shape}, not [${batch}, ${layer.heads ?? 'heads'}, queries, keys]`);
}

interface RowPlace {
  readonly row: number;
  readonly head: number;
  readonly query: number;
}

function proveRow(map: AttentionMap, { row, head, query }: RowPlace, last: number, visible: Uint8Array): void {
  const { heads, queries, keys, probabilities } = map;
  const start = ((row * heads + head) * queries + query) * keys;
  const values = probabilities.subarray(start, start + keys);
  let sum = 0;
  let sound = true;
  for (let key = 0; key < keys; key++) {
    const value = values[key] ?? NaN;
    const most = key <= last && visible[key] === 1 ? 1 + sumTolerance : hiddenTolerance;
    if (!(value >= 0 && value <= most)) sound = false;
    sum += value;
  }
  if (!sound || !(Math.abs(sum - 1) <= sumTolerance))
    throw describeRow(map.layer, values, sum, last, visible, `row ${row}, head ${head}, query ${query}`);
}

/** What is wrong with a row that is not attention. */
function describeRow(
  layer: AttentionLayer,
  values: AttentionMap['probabilities'],
  sum: number,
  last: number,
  visible: Uint8Array,
  where: string,
) {
  for (const [key, value] of values.entries()) {
    if (!(value >= 0 && value <= 1 + sumTolerance))
      return unproven(layer, `gives ${value} to key ${key} (${where}), which is no probability`);
    if (value > hiddenTolerance && key > last)
      return unproven(layer, `gives ${value} to the later key ${key} (${where}), though it is causal`);
    if (value > hiddenTolerance && visible[key] !== 1) return unproven(layer, `gives ${value} to key ${key}, which is padding (${where})`);
  }
  return unproven(layer, `has a row that sums to ${sum} (${where})`);
}
