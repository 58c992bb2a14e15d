import type { GradientWriter } from '../gradient-writer.js';

/** A normalised input and 1 / its deviation. */
export interface Standardised {
  readonly normal: string;
  readonly inverse: string;
}

/** (x - mean) / √(variance + ε) over axes, computed again. */
export function standardise(writer: GradientWriter, x: string, axes: readonly number[], epsilon: number): Standardised {
  const centred = writer.add('Sub', [x, writer.meanOver(x, axes)]);
  const variance = writer.meanOver(writer.times(centred, centred), axes);
  const inverse = writer.add('Reciprocal', [writer.add('Sqrt', [writer.add('Add', [variance, writer.number(epsilon)])])]);
  return { normal: writer.times(centred, inverse), inverse };
}

/** (g - mean g - x̂ mean(g x̂)) / σ, with g the gradient of x̂. */
export function writeStandardised(
  writer: GradientWriter,
  gradient: string,
  { normal, inverse }: Standardised,
  axes: readonly number[],
): string {
  const along = writer.meanOver(writer.times(gradient, normal), axes);
  const rest = writer.add('Sub', [writer.add('Sub', [gradient, writer.meanOver(gradient, axes)]), writer.times(normal, along)]);
  return writer.times(rest, inverse);
}

/** The same of a centred input, whose normalised numbers nothing else needs: one pass over it less. */
export function writeCentred(
  writer: GradientWriter,
  gradient: string,
  { centred, inverse }: { readonly centred: string; readonly inverse: string },
  axes: readonly number[],
): string {
  const along = writer.times(writer.times(writer.meanOver(writer.times(gradient, centred), axes), inverse), inverse);
  const rest = writer.add('Sub', [writer.add('Sub', [gradient, writer.meanOver(gradient, axes)]), writer.times(centred, along)]);
  return writer.times(rest, inverse);
}
