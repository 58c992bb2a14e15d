import type { Tensor } from 'onnxruntime-node';
import type { QuantisedAttention } from '#explainers';
import { attentionMeasures, type AttentionLayer } from '#graph';
import type { AttentionMap, ChosenQueries, RealTokens } from './attention-map.js';
import { findRealRows } from './find-real-rows.js';
import { readShape } from './prove-attention.js';
import { sumTolerance } from './sum-tolerance.js';
import { unproven } from './unproven.js';

/**
 * `proveAttention` of rows that the runtime has measured and rounded to bytes. What is hidden has to have the byte 0, so less than 3.9e-6.
 *
 * @param bytes uint8 [batch, heads, queries, keys], or heads folded into the batch
 * @param measured float32 [`attentionMeasures` x batch, heads, queries, 1], or heads folded into the batch
 * @throws ExplainProblem ATTENTION_UNPROVEN that names operator, node and what failed
 */
export function proveMeasured(
  layer: AttentionLayer,
  bytes: Tensor,
  measured: Tensor,
  real: RealTokens,
  crossed: boolean,
  chosen: ChosenQueries | null,
): AttentionMap {
  const { data } = bytes;
  if (!(data instanceof Uint8Array) || !(measured.data instanceof Float32Array)) throw unproven(layer, 'could not be rounded to bytes');
  const [heads, queries, keys] = readShape(layer, bytes.dims, real.batch);
  const quantised: MeasuredAttention = { bytes: data, rows: splitMeasures(measured.data) };
  const map = { layer, batch: real.batch, heads, queries, keys, probabilities: new Float32Array(), quantised, scores: null };
  const rows = findRealRows(map, real, crossed, chosen);
  if (rows.at.length !== queries) throw unproven(layer, `has ${queries} rows for ${rows.at.length} chosen queries`);
  for (let row = 0; row < real.batch; row++) {
    const visible = rows.keys.subarray(row * keys, (row + 1) * keys);
    const hidden = [...visible.keys()].filter((key) => visible[key] !== 1);
    for (const [query, position] of rows.at.entries())
      if (rows.queries[row * rows.of + position] === 1)
        for (let head = 0; head < heads; head++) proveRow(map, { row, head, query }, rows.lastKey(position), hidden);
  }
  return map;
}

/** With what the proof is about. */
interface MeasuredAttention extends QuantisedAttention {
  readonly rows: QuantisedAttention['rows'] & { readonly sum: Float32Array; readonly least: Float32Array };
}

interface RowPlace {
  readonly row: number;
  readonly head: number;
  readonly query: number;
}

function proveRow(
  { layer, heads, queries, keys, quantised }: Omit<AttentionMap, 'quantised'> & { readonly quantised: MeasuredAttention },
  { row, head, query }: RowPlace,
  last: number,
  hidden: readonly number[],
): void {
  const { bytes, rows } = quantised;
  const place = (row * heads + head) * queries + query;
  const [sum = NaN, least = NaN] = [rows.sum[place], rows.least[place]];
  const start = place * keys;
  let seen = hidden.find((key) => bytes[start + key] !== 0);
  for (let key = last + 1; key < keys && seen === undefined; key++) if (bytes[start + key] !== 0) seen = key;
  if (least >= 0 && Math.abs(sum - 1) <= sumTolerance && seen === undefined) return;
  const where = `row ${row}, head ${head}, query ${query}`;
  if (!(least >= 0)) throw unproven(layer, `gives ${least} to a key (${where}), which is no probability`);
  if (seen === undefined) throw unproven(layer, `has a row that sums to ${sum} (${where})`);
  if (seen > last) throw unproven(layer, `looks at the later key ${seen} (${where}), though it is causal`);
  throw unproven(layer, `looks at key ${seen}, which is padding (${where})`);
}

/** @param measured [`attentionMeasures`, rows] */
function splitMeasures(measured: Float32Array): MeasuredAttention['rows'] {
  const rows = measured.length / attentionMeasures.length;
  const take = (name: (typeof attentionMeasures)[number]) => {
    const at = attentionMeasures.indexOf(name);
    return measured.subarray(at * rows, (at + 1) * rows);
  };
  return {
    sum: take('sum'),
    least: take('least'),
    most: take('most'),
    entropy: take('entropy'),
    first: take('first'),
    separator: take('separator'),
    distance: take('distance'),
    self: take('self'),
    previous: take('previous'),
  };
}
