import type { NodeWriter } from '../edit/node-writer.js';
import type { MaskForm } from '../attention/read-mask-form.js';

/** What com.microsoft operators add to scores that a mask hides, where the node names no other number. */
export const usualFilter = -10_000;

export interface PaddingMask {
  /** Integers. */
  readonly mask: string;
  readonly form: MaskForm;
  /** Added where a key is hidden. */
  readonly filter: number;
  /** [batch, heads, queries, head size]. */
  readonly query: string;
  /** [batch, heads, keys, head size]. */
  readonly key: string;
}

/**
 * The integer mask of a com.microsoft operator as what is added to the scores: 0 for a key that is seen, the filter value for another.
 *
 * Source: ONNX Runtime, contrib_ops/cpu/bert/attention_helper.h (PrepareMask).
 *
 * @returns name of a tensor [batch, 1, 1 or queries, keys]; '' where there is no mask
 */
export function writePaddingMask(writer: NodeWriter, { mask, form, filter, query, key }: PaddingMask): string {
  if (form === 'none') return '';
  const whole = writer.toInteger(mask);
  const visible =
    form === 'ends'
      ? writeEnds(writer, whole, writer.lengths(query, 0n, 1n), writer.range(writer.length(key, 2n)))
      : writer.add('Greater', [writer.unsqueeze(whole, form === 'keys' ? [1n, 2n] : [1n]), writer.integers(0n)]);
  return writer.add('Where', [visible, writer.number(0), writer.number(filter)]);
}

/**
 * Where the mask has twice as many numbers as the batch has rows, the second half says where the real keys begin. Any other number of them
 * says in its first ones where they end.
 */
function writeEnds(writer: NodeWriter, mask: string, batch: string, keys: string): string {
  const twice = writer.add('Mul', [batch, writer.integers([2n])]);
  const none = writer.add('Expand', [writer.integers([0n]), batch]);
  const column = (start: string, end: string) => {
    const part = writer.slice(writer.add('Concat', [mask, none], { axis: 0n }), start, end, 0n);
    return writer.unsqueeze(part, [1n, 2n, 3n]);
  };
  const both = writer.toInteger(writer.add('Equal', [writer.lengths(mask, 0n), twice]));
  const before = writer.add('Less', [keys, column(writer.integers([0n]), batch)]);
  const started = writer.add('Not', [writer.add('Less', [keys, writer.add('Mul', [column(batch, twice), both])])]);
  return writer.add('And', [before, started]);
}
