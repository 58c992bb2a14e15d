import type { GraphIndex } from '../graph-index.js';
import { inferRank } from '../infer-rank.js';

/** What the integer mask of a com.microsoft operator holds. */
export type MaskForm =
  | 'none'
  | 'ends' // [batch]: how many keys are real; [2 * batch]: and where they begin
  | 'keys' // [batch, keys]: 1 for a real key
  | 'query-keys'; // [batch, queries, keys]: 1 where a query may see a key

/**
 * A mask's form from its rank.
 *
 * Source: ONNX Runtime contrib operators, mask_index of Attention and key_padding_mask of MultiHeadAttention.
 *
 * @returns null where the graph does not tell, and for the form of rank 4, which has no implementation for a processor
 */
export function readMaskForm(index: GraphIndex, mask: string): MaskForm | null {
  if (mask === '') return 'none';
  switch (inferRank(index, mask)) {
    case 1:
      return 'ends';
    case 2:
      return 'keys';
    case 3:
      return 'query-keys';
    default:
      return null;
  }
}
