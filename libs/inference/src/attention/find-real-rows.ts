import type { AttentionMap, ChosenQueries, RealTokens } from './attention-map.js';

/** Which rows of a map mean something, and which keys they may see. */
export interface RealRows {
  /** Queries that were fed. */
  readonly of: number;
  /** Place among them of each row of the map. */
  readonly at: readonly number[];
  /** [batch, of], 1 for a real token. */
  readonly queries: Uint8Array;
  /** [batch, keys], 1 for a real token. */
  readonly keys: Uint8Array;
  /** The last key that the query at a place may see. */
  lastKey(position: number): number;
}

/**
 * @param crossed whether the model has cross-attention, so that causal layers belong to its decoder
 * @param chosen which queries the rows belong to; null for all
 * @throws RangeError where a mask is of another length
 */
export function findRealRows(
  { layer, batch, queries, keys }: Pick<AttentionMap, 'layer' | 'batch' | 'queries' | 'keys'>,
  real: RealTokens,
  crossed: boolean,
  chosen: ChosenQueries | null,
): RealRows {
  const decodes = layer.kind === 'cross' || (crossed && layer.kind === 'causal-self');
  const queryMask = decodes ? real.decoderTokens : real.tokens;
  const keyMask = decodes && layer.kind !== 'cross' ? real.decoderTokens : real.tokens;
  const { of, at } = chosen ?? { of: queries, at: Array.from({ length: queries }, (_, query) => query) };
  return {
    of,
    at,
    queries: readMask(queryMask, batch, of, layer.kind === 'cross' ? of : keys),
    keys: readMask(keyMask, batch, keys, keys),
    // In a causal layer the last query sees the last key, and those before it end earlier by as much.
    lastKey: (position) => (layer.kind === 'causal-self' ? position + keys - of : keys - 1),
  };
}

/**
 * @param length of what is asked for: the last ones of `total` tokens
 * @returns [batch, length], 1 for a real token
 * @throws RangeError where a mask is of another length
 */
function readMask(mask: Uint8Array | null, batch: number, length: number, total: number): Uint8Array {
  if (mask === null) return new Uint8Array(batch * length).fill(1);
  if (mask.length !== batch * total) throw new RangeError(`${mask.length} tokens are marked, and there are ${batch} x ${total}`);
  const last = new Uint8Array(batch * length);
  for (let row = 0; row < batch; row++) last.set(mask.subarray((row + 1) * total - length, (row + 1) * total), row * length);
  return last;
}
