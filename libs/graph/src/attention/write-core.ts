import type { NodeWriter } from '../edit/node-writer.js';
import type { GraphNode } from '../model-graph.js';
import { readFloat, readInteger } from './read-attribute.js';
import type { MaskForm } from './read-mask-form.js';

/** What com.microsoft operators add to scores that a mask hides, where the node names no other number. */
const usualFilter = -10_000;
const lowest = -3.4028234663852886e38;

export interface CoreInputs {
  /** [batch, heads, queries, head size]. */
  readonly query: string;
  /** [batch, heads, keys, head size]; those of a cache first. */
  readonly key: string;
  /** [batch, heads, keys, value size]. */
  readonly value: string;
  readonly mask: string;
  readonly maskForm: MaskForm;
  /** Added to the scores, [1 or batch, 1 or heads, queries, keys]; '' for none. */
  readonly bias: string;
}

/** Names of tensors [batch, heads, queries, keys] of a fused operator that was written out. */
export interface LoweredAttention {
  readonly probabilities: string;
  /** What goes into the Softmax: scaled, with bias and masks. */
  readonly scores: string;
}

/**
 * softmax(scale * query * key^T + mask + bias) * value, as the com.microsoft operators compute it.
 *
 * Source: ONNX Runtime, contrib_ops/cpu/bert/attention_cpu_base.h and attention_helper.h (PrepareMask).
 *
 * @param output name for [batch, queries, heads * value size]
 */
export function writeCore(writer: NodeWriter, node: GraphNode, inputs: CoreInputs, output: string): LoweredAttention {
  const { query, key, value, bias } = inputs;
  const product = writer.add('MatMul', [query, writer.add('Transpose', [key], { perm: [0n, 1n, 3n, 2n] })]);
  const scale = readFloat(node, 'scale') ?? 0;
  const scaled =
    scale === 0
      ? writer.add('Div', [product, writer.add('Sqrt', [writer.toFloat(writer.length(query, 3n))])])
      : writer.add('Mul', [product, writer.number(scale)]);
  const masked = writeMask(writer, node, inputs, scaled);
  const scores = bias === '' ? masked : writer.add('Add', [masked, bias]);
  const probabilities = writer.add('Softmax', [scores], { axis: -1n });
  const mixed = writer.add('Transpose', [writer.add('MatMul', [probabilities, value])], { perm: [0n, 2n, 1n, 3n] });
  writer.add('Reshape', [mixed, writer.integers([0n, 0n, -1n])], {}, output);
  return { probabilities, scores };
}

function writeMask(writer: NodeWriter, node: GraphNode, { query, key, mask, maskForm }: CoreInputs, scores: string): string {
  const filter = readFloat(node, 'mask_filter_value') ?? usualFilter;
  const keys = () => writer.length(key, 2n);
  const range = (length: string) => writer.add('Range', [writer.integers(0n), length, writer.integers(1n)]);
  let masked = scores;
  if (maskForm !== 'none') {
    const whole = writer.toInteger(mask);
    // [batch, 1, 1 or queries, keys]
    const visible =
      maskForm === 'lengths'
        ? writer.add('Less', [range(keys()), writer.unsqueeze(whole, [1n, 2n, 3n])])
        : writer.add('Greater', [writer.unsqueeze(whole, maskForm === 'keys' ? [1n, 2n] : [1n]), writer.integers(0n)]);
    masked = writer.add('Add', [masked, writer.add('Where', [visible, writer.number(0), writer.number(filter)])]);
  }
  if (readInteger(node, 'unidirectional') !== 1) return masked;
  const total = keys();
  const queries = writer.length(query, 2n);
  // Queries are the last of the keys: those before them come from the cache.
  const positions = writer.add('Add', [range(queries), writer.add('Sub', [total, queries])]);
  const later = writer.add('Greater', [range(total), writer.unsqueeze(positions, [1n])]);
  return writer.add('Where', [later, writer.number(lowest), masked]);
}
