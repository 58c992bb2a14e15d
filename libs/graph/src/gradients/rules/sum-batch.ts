import type { GradientWriter } from '../gradient-writer.js';

/**
 * Sums the gradient of a factor of a product over the axes of the batch along which the factor was repeated.
 *
 * @param gradient with the axes of `product` but the last two, which are the factor's
 * @param product, factor tensors of the forward pass
 */
export function sumBatch(writer: GradientWriter, gradient: string, product: string, factor: string): string {
  const { facts } = writer;
  const [from, to] = [facts.rank(product), facts.rank(factor)];
  const lead = from - to;
  const front = Array.from({ length: lead }, (_, axis) => axis);
  const repeated = Array.from({ length: to - 2 }, (_, axis) => axis).filter(
    (axis) => facts.length(factor, axis) === 1 && facts.length(product, axis + lead) !== 1,
  );
  return writer.sumOver(writer.sumOver(gradient, front, false), repeated, true);
}
