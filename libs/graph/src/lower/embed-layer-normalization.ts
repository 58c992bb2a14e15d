import type { NodeWriter } from '../edit/node-writer.js';
import type { FusedNode } from './fused-node.js';
import type { Lowering } from './lowering.js';
import { writeNormalization } from './write-normalization.js';

/**
 * com.microsoft EmbedLayerNormalization: the layer normalisation of word + position + segment embeddings of input_ids [batch, tokens].
 * Positions are 0, 1, ... where they are not given. Its second output counts the ones of the mask in each row, and is 0 without one; its third
 * is the sum of embeddings.
 *
 * Source: ONNX Runtime, docs/ContribOperators.md and contrib_ops/cpu/bert/embed_layer_norm.cc.
 */
export const embedLayerNormalization: Lowering = {
  typedBy: 2,
  refuse: (fused) => {
    if (fused.has(1) !== fused.has(4)) return 'has segments without their embeddings, or these without them';
    return null;
  },
  write: (fused, writer) => {
    const look = (table: number, ids: number) => writer.add('Gather', [fused.input(table), fused.input(ids)], { axis: 0n });
    const words = look(2, 0);
    const positions = fused.has(8) ? look(3, 8) : writeFirst(fused, writer);
    const segments = fused.has(4) ? look(4, 1) : '';
    const named = fused.output(2) === '' ? undefined : fused.output(2);
    const placed = writer.add('Add', [words, positions], {}, segments === '' ? named : undefined);
    const sum = segments === '' ? placed : writer.add('Add', [placed, segments], {}, named);
    writeNormalization(writer, {
      x: sum,
      scale: fused.input(5),
      bias: fused.input(6),
      epsilon: fused.float('epsilon', 1e-12),
      outputs: { y: fused.output(0), mean: '', inverse: '' },
    });
    if (fused.output(1) !== '') writeCounts(fused, writer);
  },
};

/** Embeddings of the first positions, [tokens, width]. */
function writeFirst(fused: FusedNode, writer: NodeWriter): string {
  return writer.slice(fused.input(3), writer.integers([0n]), writer.lengths(fused.input(0), 1n, 2n), 0n);
}

function writeCounts(fused: FusedNode, writer: NodeWriter): void {
  const batch = writer.lengths(fused.input(0), 0n, 1n);
  const counts = fused.has(7)
    ? writer.sum(writer.toInteger(writer.add('Equal', [writer.toInteger(fused.input(7)), writer.integers(1n)])), 1n)
    : writer.add('Expand', [writer.integers([0n]), batch]);
  writer.cast(counts, 'int32', fused.output(1));
}
