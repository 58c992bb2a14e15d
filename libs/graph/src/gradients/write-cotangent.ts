import type { GradientWriter } from './gradient-writer.js';

/**
 * What the model's output holds, and which number of it is explained:
 *
 * - raw: the output itself, whatever it is
 * - softmax, sigmoid: the probability of logits
 * - log-softmax, log-sigmoid: its natural logarithm
 * - log-odds: ln(p / (1 - p)) of softmax(logits), for weights with a single 1
 * - log, logit: ln p and ln(p / (1 - p)) of an output that holds probabilities
 */
export const explainedSpaces = ['raw', 'softmax', 'sigmoid', 'log-softmax', 'log-sigmoid', 'log-odds', 'log', 'logit'] as const;

export type ExplainedSpace = (typeof explainedSpaces)[number];

/** Beyond every logit, and within float16. */
const beyond = 6e4;

/**
 * The gradient of Σ weights · s(output) with respect to the output.
 *
 * @param output its last axis has the classes
 * @param weights in the shape of the output
 */
export function writeCotangent(writer: GradientWriter, space: ExplainedSpace, output: string, weights: string): string {
  const sub = (one: string, other: string) => writer.add('Sub', [one, other]);
  const softmax = (logits: string) => writer.add('Softmax', [logits], { axis: -1n });
  const total = () => writer.reduceLast('ReduceSum', weights);
  // What is not explained has no part, also where its probability is 0.
  const share = (divisor: string) =>
    writer.dropWhere(writer.add('Equal', [weights, writer.number(0)]), writer.add('Div', [weights, divisor]));
  switch (space) {
    case 'raw':
      return weights;
    case 'softmax': {
      const probability = softmax(output);
      const product = writer.times(weights, probability);
      return sub(product, writer.times(probability, writer.reduceLast('ReduceSum', product)));
    }
    case 'sigmoid': {
      const probability = writer.add('Sigmoid', [output]);
      return writer.times(weights, writer.times(probability, sub(writer.number(1), probability)));
    }
    case 'log-softmax':
      return sub(weights, writer.times(softmax(output), total()));
    case 'log-sigmoid':
      return writer.times(weights, writer.add('Sigmoid', [writer.negate(output)]));
    case 'log-odds': {
      const others = softmax(sub(output, writer.scale(weights, beyond)));
      return sub(weights, writer.times(others, total()));
    }
    case 'log':
      return share(output);
    case 'logit':
      return share(writer.times(output, sub(writer.number(1), output)));
  }
}
