import type { DifferentiatedNode } from '../differentiated-node.js';

/** Why a node that quantises by more than one scale has no rule. */
export function refuseChannels(node: DifferentiatedNode): string | null {
  const { facts } = node;
  const scale = node.input(1);
  const isOne = Array.from({ length: facts.rank(scale) }, (_, axis) => facts.length(scale, axis)).every((length) => length === 1);
  return isOne ? null : 'has a scale of its own for each channel, which has no straight-through gradient here';
}
