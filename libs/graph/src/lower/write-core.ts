import type { NodeWriter } from '../edit/node-writer.js';
import type { LoweredAttention } from './lowering.js';

const lowest = -3.4028234663852886e38;

export interface CoreInputs {
  /** [batch, heads, queries, head size]. */
  readonly query: string;
  /** [batch, heads, keys, head size]; those of a cache first. */
  readonly key: string;
  /** [batch, heads, keys, value size]. */
  readonly value: string;
  /** Null: one by the root of the head size. */
  readonly scale: number | null;
  /** Scores go through cap * tanh(score / cap); 0 for none. */
  readonly softcap?: number;
  /** Tensors that are added to the scores, broadcast to [batch, heads, queries, keys]; empty names are left out. */
  readonly added: readonly string[];
  /** Booleans, broadcast in the same way: a key that one of them denies is hidden. */
  readonly visible: readonly string[];
  /** Scores of a place that takes weight and gives nothing, [1, heads, 1, 1]; '' for none. */
  readonly sink?: string;
}

/** Names of tensors [batch, heads, queries, keys], in the order in which they are computed, and of what the values were mixed to. */
export interface Core extends LoweredAttention {
  readonly product: string;
  readonly capped: string;
  /** [batch, heads, queries, value size]. */
  readonly mixed: string;
}

/**
 * softmax(cap(scale * query * key^T) + added, hidden keys left out) * value.
 *
 * Of the queries it knows their tensor and the last axis but one of what is added or visible: fewer rows need fewer of both alone.
 *
 * Source: ONNX Runtime, contrib_ops/cpu/bert/attention_cpu_base.h, gqa_attention_base.h and core/providers/cpu/llm/attention.cc, which agree
 * in this order.
 */
export function writeCore(
  writer: NodeWriter,
  { query, key, value, scale, softcap = 0, added, visible, sink = '' }: CoreInputs,
  output?: string,
): Core {
  const raw = writer.add('MatMul', [query, writer.add('Transpose', [key], { perm: [0n, 1n, 3n, 2n] })]);
  const product =
    scale === null
      ? writer.add('Div', [raw, writer.add('Sqrt', [writer.toFloat(writer.length(query, 3n))])])
      : writer.add('Mul', [raw, writer.number(scale)]);
  const capped = softcap > 0 ? writeCap(writer, product, softcap) : product;
  const whole = added.filter((name) => name !== '').reduce((scores, name) => writer.add('Add', [scores, name]), capped);
  const seen = visible.filter((name) => name !== '');
  const scores =
    seen.length === 0
      ? whole
      : writer.add('Where', [seen.reduce((all, one) => writer.add('And', [all, one])), whole, writer.number(lowest)]);
  const probabilities = sink === '' ? writer.add('Softmax', [scores], { axis: -1n }) : writeSunk(writer, scores, sink);
  const mixed = writer.add('MatMul', [probabilities, value], {}, output);
  return { product, capped, scores, probabilities, mixed };
}

/** Joins the heads: [batch, heads, queries, size] to [batch, queries, heads * size]. */
export function joinHeads(writer: NodeWriter, mixed: string, output: string): void {
  writer.add('Reshape', [writer.add('Transpose', [mixed], { perm: [0n, 2n, 1n, 3n] }), writer.integers([0n, 0n, -1n])], {}, output);
}

/** Splits a projection [batch, tokens, heads * size] to [batch, heads, tokens, size]. */
export function splitHeads(writer: NodeWriter, packed: string, heads: number): string {
  return turnHeads(writer, writer.add('Reshape', [packed, writer.integers([0n, 0n, BigInt(heads), -1n])]));
}

/** [batch, tokens, heads, size] to [batch, heads, tokens, size]. */
export function turnHeads(writer: NodeWriter, split: string): string {
  return writer.add('Transpose', [split], { perm: [0n, 2n, 1n, 3n] });
}

function writeCap(writer: NodeWriter, scores: string, softcap: number): string {
  const cap = writer.number(softcap);
  return writer.add('Mul', [writer.add('Tanh', [writer.add('Div', [scores, cap])]), cap]);
}

/** One more column in the softmax, which is cut off behind it. */
function writeSunk(writer: NodeWriter, scores: string, sink: string): string {
  const shape = writer.add('Concat', [writer.lengths(scores, 0n, 3n), writer.integers([1n])], { axis: 0n });
  const joined = writer.add('Concat', [scores, writer.add('Expand', [sink, shape])], { axis: 3n });
  return writer.part(writer.add('Softmax', [joined], { axis: -1n }), 0n, -1n, 3n);
}
