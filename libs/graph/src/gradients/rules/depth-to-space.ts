import { writeUnary } from './write-unary.js';

/**
 * Channels laid out as blocks of places: back to channels.
 *
 * Source: ONNX operator DepthToSpace-13; SpaceToDepth is the way back of its mode DCR only.
 */
export const depthToSpace = writeUnary(({ x, dy }, writer, node) => {
  const block = BigInt(node.integer('blocksize', 1));
  if (node.text('mode', 'DCR') === 'DCR') return writer.add('SpaceToDepth', [dy], { blocksize: block });
  const fixed = writer.integers([block]);
  const shape = [writer.integers([0n, -1n]), writer.lengthOf(x, 2), fixed, writer.lengthOf(x, 3), fixed];
  const blocks = writer.add('Reshape', [dy, writer.add('Concat', shape, { axis: 0n })]);
  const turned = writer.add('Transpose', [blocks], { perm: [0n, 1n, 3n, 5n, 2n, 4n] });
  return writer.add('Reshape', [turned, writer.add('Shape', [x])]);
});
