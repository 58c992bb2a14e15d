/** Sides of a picture or map, in places. */
export interface Sides {
  readonly height: number;
  readonly width: number;
}

/**
 * Enlarges a map by lines between the centres of its places, as PyTorch and ONNX do with half_pixel coordinates; what lies beyond the outer
 * centres takes their value.
 *
 * @param map [height, width], row-major
 * @param from its sides
 * @param to sides of what is returned, row-major
 */
export function upsampleBilinear(map: ArrayLike<number>, from: Sides, to: Sides): Float64Array {
  if (map.length !== from.height * from.width)
    throw new RangeError(`a map of ${from.height} x ${from.width} has ${from.height * from.width} numbers, not ${map.length}`);
  const rows = placeCentres(from.height, to.height);
  const columns = placeCentres(from.width, to.width);
  const read = (row: number, column: number) => map[row * from.width + column] ?? NaN;
  return Float64Array.from({ length: to.height * to.width }, (_, at) => {
    const [row, column] = [rows[Math.floor(at / to.width)], columns[at % to.width]];
    if (row === undefined || column === undefined) return NaN;
    const along = (line: number) => mix(read(line, column.before), read(line, column.behind), column.share);
    return mix(along(row.before), along(row.behind), row.share);
  });
}

interface Centre {
  readonly before: number;
  readonly behind: number;
  /** How far it lies from the one before to the one behind. */
  readonly share: number;
}

/** Where each new centre lies among the old ones. */
function placeCentres(from: number, to: number): readonly Centre[] {
  return Array.from({ length: to }, (_, at) => {
    const place = Math.min(Math.max(((at + 0.5) * from) / to - 0.5, 0), from - 1);
    const before = Math.floor(place);
    return { before, behind: Math.min(before + 1, from - 1), share: place - before };
  });
}

function mix(one: number, other: number, share: number): number {
  return share === 0 ? one : one * (1 - share) + other * share;
}
