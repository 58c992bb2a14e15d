import { writeUnary } from './write-unary.js';

/** Blocks of places laid out as channels: back to places. */
export const spaceToDepth = writeUnary(({ dy }, writer, node) =>
  writer.add('DepthToSpace', [dy], { blocksize: BigInt(node.integer('blocksize', 1)), mode: 'DCR' }),
);
