import type { GradientRule } from '../gradient-rule.js';
import { writeLinear } from './write-linear.js';

const transforms = new Set(['NONE', 'LOGISTIC', 'SOFTMAX']);

/**
 * Scores y of s = x Wᵀ + b with W [sets, columns]: ds W. NONE ds = dy, LOGISTIC y (1 - y) dy, SOFTMAX y (dy - Σ dy y). One set for two classes
 * gives [1 - s, s], in place of SOFTMAX too, or [1 - p, p] with the logistic p of s: ds = dy₁ - dy₀, times y₀ y₁.
 *
 * Source: ONNX Runtime, whose outputs the specification does not give for one set.
 */
export const linearClassifier: GradientRule = {
  refuse: (node) => {
    const transform = node.text('post_transform', 'NONE');
    return transforms.has(transform) ? null : `transforms its scores by ${transform}`;
  },
  write: (node, writer) => {
    const { type } = node.facts.of(node.output(1));
    const [y, dy] = [writer.convert(node.output(1), type), writer.convert(node.upstream(1), type)];
    const transform = node.text('post_transform', 'NONE');
    const sets = node.floats('intercepts').length;
    if (sets === 1) {
      const column = (tensor: string, at: bigint) => writer.part(tensor, at, at + 1n, 1n);
      const turned = writer.add('Sub', [column(dy, 1n), column(dy, 0n)]);
      const slope = transform === 'LOGISTIC' ? writer.times(turned, writer.times(column(y, 0n), column(y, 1n))) : turned;
      return [writeLinear(node, writer, slope, 1)];
    }
    const slopes = (): string => {
      if (transform === 'NONE') return dy;
      if (transform === 'LOGISTIC') return writer.times(dy, writer.times(y, writer.add('Sub', [writer.number(1), y])));
      const product = writer.times(dy, y);
      return writer.add('Sub', [product, writer.times(y, writer.sumOver(product, [1], true))]);
    };
    return [writeLinear(node, writer, slopes(), sets)];
  },
};
