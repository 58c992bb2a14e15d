import type { NodeWriter } from '../edit/node-writer.js';

/**
 * What the operators with a skip connection normalise: input [batch, tokens, width] + skip, of which the batch may be missing or 1, + bias
 * [width], which may be left out.
 *
 * @param output name of the sum; '' where the node does not give it
 */
export function writeSkipSum(writer: NodeWriter, input: string, skip: string, bias: string, output: string): string {
  const named = output === '' ? undefined : output;
  if (bias === '') return writer.add('Add', [input, skip], {}, named);
  return writer.add('Add', [writer.add('Add', [input, skip]), bias], {}, named);
}
