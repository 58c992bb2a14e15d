import type { RegionFeature } from '../contract/explanation.js';

/** The mean of a map [height, width] over each cell. */
export function cellMeans(map: ArrayLike<number>, width: number, cells: readonly RegionFeature[]): readonly number[] {
  return cells.map(({ rows: [top, bottom], columns: [left, right] }) => {
    let sum = 0;
    for (let row = top; row < bottom; row++) for (let column = left; column < right; column++) sum += map[row * width + column] ?? NaN;
    return sum / ((bottom - top) * (right - left));
  });
}
