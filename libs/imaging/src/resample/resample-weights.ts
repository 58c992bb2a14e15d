/** How a line of pixels becomes one of another length: which source pixels an output pixel mixes, and their weights. */
export interface ResampleWeights {
  /** First source pixel of each output pixel. */
  readonly starts: Int32Array;
  /** Source pixels of each output pixel; `most` places are reserved for each in `weights`. */
  readonly counts: Int32Array;
  readonly most: number;
  /** [outputs, most], whole numbers in units of 2^-22. */
  readonly weights: Float64Array;
}

export const weightUnit = 2 ** 22;

interface Filter {
  /** Half its width, in source pixels (in output pixels where the line becomes shorter). */
  readonly support: number;
  readonly weigh: (distance: number) => number;
}

const filters: Readonly<Record<'box' | 'bilinear', Filter>> = {
  box: { support: 0.5, weigh: (distance) => (distance > -0.5 && distance <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weigh: (distance) => Math.max(0, 1 - Math.abs(distance)) },
};

/**
 * Output pixel x lies at c = (x + 1/2) s, s = from / to. Source pixel i weighs f((i + 1/2 - c) / max(s, 1)), and the weights of an output
 * pixel are scaled to the sum 1: a line that becomes shorter is averaged over all of it (anti-aliased), one that becomes longer is interpolated.
 * Weights are rounded to 2^-22.
 *
 * Source: Pillow, src/libImaging/Resample.c (`precompute_coeffs`, `normalize_coeffs_8bpc`), whose results these are to the bit.
 */
export function resampleWeights(from: number, to: number, kind: 'box' | 'bilinear'): ResampleWeights {
  const { support, weigh } = filters[kind];
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const most = Math.ceil(reach) * 2 + 1;
  const starts = new Int32Array(to);
  const counts = new Int32Array(to);
  const weights = new Float64Array(to * most);
  for (let output = 0; output < to; output++) {
    const centre = (output + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(from, Math.trunc(centre + reach + 0.5)) - start;
    const own = weights.subarray(output * most, output * most + count);
    let sum = 0;
    for (let at = 0; at < count; at++) sum += own[at] = weigh((at + start - centre + 0.5) / stretch);
    for (let at = 0; at < count; at++) own[at] = Math.trunc(0.5 + ((own[at] ?? 0) / sum) * weightUnit);
    starts[output] = start;
    counts[output] = count;
  }
  return { starts, counts, most, weights };
}
