import type { RegionFeature, Tensor } from '../contract/explanation.js';

/**
 * A picture of the drops: each pixel has the mean drop of the windows that covered it.
 *
 * @param drops one per window
 * @returns [height, width], rounded to float32
 */
export function mapDrops(name: string, windows: readonly RegionFeature[], drops: ArrayLike<number>, height: number, width: number): Tensor {
  const sums = new Float64Array(height * width);
  const counts = new Float64Array(height * width);
  windows.forEach(({ rows, columns }, window) => {
    for (let row = rows[0]; row < rows[1]; row++)
      for (let at = row * width + columns[0]; at < row * width + columns[1]; at++) {
        sums[at] = (sums[at] ?? 0) + (drops[window] ?? NaN);
        counts[at] = (counts[at] ?? 0) + 1;
      }
  });
  const means = sums.map((sum, at) => sum / (counts[at] ?? NaN));
  const data = Float32Array.from(means);
  const maxAbsError = means.reduce((most, mean, at) => Math.max(most, Math.abs(mean - (data[at] ?? NaN))), 0);
  return { name, shape: [height, width], dtype: 'f32', data, maxAbsError };
}
