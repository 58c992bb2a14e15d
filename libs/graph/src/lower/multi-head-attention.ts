import type { NodeWriter } from '../edit/node-writer.js';
import { readKeyForm } from '../attention/read-key-form.js';
import { readMaskForm } from '../attention/read-mask-form.js';
import type { FusedNode } from './fused-node.js';
import type { AttentionLowering } from './lowering.js';
import { turnHeads } from './write-core.js';
import { writeMaskedCore } from './write-masked-core.js';

/**
 * com.microsoft MultiHeadAttention. Its fourth output is the scores.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md, contrib_ops/cpu/bert/multihead_attention.cc and multihead_attention_helper.h. The packed
 * forms have no implementation for a processor.
 */
export const multiHeadAttention: AttentionLowering = {
  refuse: (fused) => {
    if (fused.integer('num_heads', 0) === 0) return 'names no number of heads';
    if (fused.has(8) || fused.has(9)) return 'shares the buffer of past keys';
    if (readKeyForm(fused.index, fused.node) === null) return 'has queries, keys or values of unknown rank';
    if (readMaskForm(fused.index, fused.input(4)) === null) return 'has a key_padding_mask whose form the graph does not tell';
    return null;
  },
  write: (fused, writer) => {
    const [query, newKey, newValue] = split(fused, writer);
    const join = (at: number, recent: string) => (fused.has(at) ? writer.add('Concat', [fused.input(at), recent], { axis: 2n }) : recent);
    const [key, value] = [join(6, newKey), join(7, newValue)];
    const core = writeMaskedCore(fused, writer, { query, key, value }, 4);
    [key, value, core.scores].forEach((tensor, at) => {
      if (fused.output(at + 1) !== '') writer.add('Identity', [tensor], {}, fused.output(at + 1));
    });
    return core;
  },
};

/** Queries, keys and values with their bias, each [batch, heads, tokens, size]. */
function split(fused: FusedNode, writer: NodeWriter): readonly [string, string, string] {
  const form = readKeyForm(fused.index, fused.node);
  const heads = BigInt(fused.integer('num_heads', 1));
  const apart = (at: number) => writer.add('Reshape', [fused.input(at), writer.integers([0n, 0n, heads, -1n])]);
  // [batch, tokens, heads, 2 or 3, size]
  const packed = (at: number, part: bigint) => writer.add('Gather', [fused.input(at), writer.integers(part)], { axis: 3n });
  const query = form === 'packed-all' ? packed(0, 0n) : apart(0);
  const [queryBias, keyBias, valueBias] = splitBias(fused, writer, query, heads);
  const turn = (tensor: string, bias: string) => turnHeads(writer, bias === '' ? tensor : writer.add('Add', [tensor, bias]));
  switch (form) {
    case 'split':
      return [turn(query, queryBias), fused.input(1), fused.input(2)];
    case 'packed-all':
      return [turn(query, queryBias), turn(packed(0, 1n), keyBias), turn(packed(0, 2n), valueBias)];
    case 'packed-keys':
      return [turn(query, queryBias), turn(packed(1, 0n), keyBias), turn(packed(1, 1n), valueBias)];
    default:
      return [turn(query, queryBias), turn(apart(1), keyBias), turn(apart(2), valueBias)];
  }
}

/** [heads, size] each; empty names where there is no bias. Queries and keys are of equal width, and what is left belongs to the values. */
function splitBias(fused: FusedNode, writer: NodeWriter, query: string, heads: bigint): readonly [string, string, string] {
  if (!fused.has(3)) return ['', '', ''];
  const width = writer.add('Mul', [writer.lengths(query, 3n), writer.integers([heads])]);
  const twice = writer.add('Mul', [width, writer.integers([2n])]);
  const cut = (start: string, end: string) =>
    writer.add('Reshape', [writer.slice(fused.input(3), start, end, 0n), writer.integers([heads, -1n])]);
  return [cut(writer.integers([0n]), width), cut(width, twice), cut(twice, writer.lengths(fused.input(3), 0n))];
}
