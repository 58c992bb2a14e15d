import type { GraphIndex } from '../graph-index.js';
import { inferRank } from '../infer-rank.js';

/** What the integer mask of a com.microsoft operator holds. */
export type MaskForm =
  | 'none'
  | 'lengths' // [batch]: how many keys are real
  | 'keys' // [batch, keys]: 1 for a real key
  | 'query-keys'; // [batch, queries, keys]: 1 where a query may see a key

/**
 * A mask's form from its rank. Of rank 1 there are three forms, and only the numbers of real keys are told by how they are made: a sum over
 * the mask, or the second output of EmbedLayerNormalization.
 *
 * Source: ONNX Runtime contrib operators, mask_index of Attention and key_padding_mask of MultiHeadAttention.
 *
 * @returns null where the graph does not tell
 */
export function readMaskForm(index: GraphIndex, mask: string): MaskForm | null {
  if (mask === '') return 'none';
  switch (inferRank(index, mask)) {
    case 1:
      return countsKeys(index, mask) ? 'lengths' : null;
    case 2:
      return 'keys';
    case 3:
      return 'query-keys';
    default:
      return null;
  }
}

function countsKeys(index: GraphIndex, mask: string): boolean {
  const maker = index.makerOf(mask);
  if (maker === null) return false;
  if (maker.opType === 'Cast' || maker.opType === 'Identity') return countsKeys(index, maker.inputs[0] ?? '');
  if (maker.opType === 'EmbedLayerNormalization') return maker.outputs[1] === mask && (maker.inputs[7] ?? '') !== '';
  return maker.opType === 'ReduceSum' && inferRank(index, maker.inputs[0] ?? '') === 2;
}
