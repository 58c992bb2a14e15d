import type { DifferentiatedNode } from '../differentiated-node.js';

/**
 * Finds the probabilities of a Softmax after rows without a key, whose softmax is NaN, were replaced by zeros: IsNaN and Where, which alone read
 * it. They are the probabilities as far as derivatives go, since those of such a row are 0.
 *
 * @param softmax name of the output of a Softmax
 * @returns name of the Where's output; null where there is none
 */
export function findZeroed({ index, facts }: DifferentiatedNode, softmax: string): string | null {
  const [one, other, ...more] = index.readers(softmax);
  const [test, choice] = one?.node.opType === 'IsNaN' ? [one, other] : [other, one];
  if (more.length > 0 || test?.node.opType !== 'IsNaN' || choice?.node.opType !== 'Where' || choice.at !== 2) return null;
  if (index.makerOf(softmax)?.opType !== 'Softmax') return null;
  const [condition = '', zeros = ''] = choice.node.inputs;
  const [zeroed = ''] = choice.node.outputs;
  const replaces = test.node.outputs.includes(condition) && facts.values(zeros)?.every((value) => value === 0) === true;
  return replaces && facts.sameShape(softmax, zeroed) ? zeroed : null;
}
