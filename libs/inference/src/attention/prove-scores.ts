import type { Tensor } from 'onnxruntime-node';
import { readFloats } from '../session/read-floats.js';
import type { AttentionMap } from './attention-map.js';
import type { RealRows } from './find-real-rows.js';
import { unproven } from './unproven.js';

/** How far the softmax of a row may be from its probabilities; float16 has 11 bits. */
const tolerance = 1e-5;
const halfTolerance = 2e-3;
/** What stands for minus infinity: the most negative float32. */
export const lowestScore = -3.4028234663852886e38;

/**
 * Holds a tensor that was found in the graph against what scores are: of the shape of the probabilities of the same run, and their softmax
 * over the keys gives those probabilities, for every real query.
 *
 * GroupQueryAttention gives scores before it hides later keys and padding; the softmax knows them hidden, and so they are here.
 *
 * @param map the proven probabilities of the layer
 * @returns the scores with minus infinity replaced by the most negative float32; what other masks subtract stays as it is
 * @throws ExplainProblem ATTENTION_UNPROVEN that names operator, node and what failed
 */
export function proveScores(map: AttentionMap, tensor: Tensor, rows: RealRows): Float32Array | Float64Array {
  const { layer, batch, heads, queries, keys, probabilities } = map;
  const floats = readFloats(tensor);
  if (floats === null) throw unproven(layer, `of scores holds ${tensor.type}, not floating-point numbers`);
  if (floats.length !== probabilities.length || tensor.dims.at(-1) !== keys)
    throw unproven(layer, `of scores has the shape [${tensor.dims.join(', ')}], not [${[batch, heads, queries, keys].join(', ')}]`);
  const scores = floats.slice();
  const limit = tensor.type === 'float16' ? halfTolerance : tolerance;
  for (let row = 0; row < batch; row++) {
    const visible = rows.keys.subarray(row * keys, (row + 1) * keys);
    for (let head = 0; head < heads; head++)
      for (const [query, position] of rows.at.entries()) {
        const start = ((row * heads + head) * queries + query) * keys;
        const values = scores.subarray(start, start + keys);
        if (layer.operator === 'com.microsoft:GroupQueryAttention') hide(values, rows.lastKey(position), visible);
        for (let key = 0; key < keys; key++) if (values[key] === -Infinity) values[key] = lowestScore;
        if (rows.queries[row * rows.of + position] !== 1) continue;
        const error = differ(values, probabilities.subarray(start, start + keys));
        if (!(error <= limit))
          throw unproven(
            layer,
            `of scores has a row whose softmax is ${error} from its probabilities (row ${row}, head ${head}, query ${query})`,
          );
      }
  }
  return scores;
}

function hide(values: Float32Array | Float64Array, last: number, visible: Uint8Array): void {
  for (let key = 0; key < values.length; key++) if (key > last || visible[key] !== 1) values[key] = lowestScore;
}

/** The largest difference between the softmax of scores and probabilities. */
function differ(scores: Float32Array | Float64Array, probabilities: ArrayLike<number>): number {
  let largest = -Infinity;
  for (const score of scores) largest = Math.max(largest, score);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - largest);
  let error = 0;
  for (let key = 0; key < scores.length; key++)
    error = Math.max(error, Math.abs(Math.exp((scores[key] ?? NaN) - largest) / sum - (probabilities[key] ?? NaN)));
  return error;
}
