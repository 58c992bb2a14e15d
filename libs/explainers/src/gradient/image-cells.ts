import type { NumberRange } from '#attribution';
import type { RegionFeature } from '../contract/explanation.js';

/** Sides of a picture as its model reads it. */
export interface PictureSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Cells along the shorter side. */
const along = 8;

/** A grid of about square cells over a picture, from the top left, row by row: 8 along the shorter side. */
export function listCells({ height, width }: PictureSize): readonly RegionFeature[] {
  const side = Math.max(1, Math.round(Math.min(height, width) / along));
  const rows = cut(height, side);
  const columns = cut(width, side);
  return rows.flatMap((own, row) => columns.map((range, column) => ({ name: `row ${row}, column ${column}`, rows: own, columns: range })));
}

/** The numbers of each cell in a picture [channels, height, width]. */
export function cellParts(cells: readonly RegionFeature[], { channels, height, width }: PictureSize): readonly (readonly NumberRange[])[] {
  return cells.map(({ rows: [top, bottom], columns: [left, right] }) =>
    Array.from({ length: channels * (bottom - top) }, (_, at): NumberRange => {
      const channel = Math.floor(at / (bottom - top));
      const start = (channel * height + top + (at % (bottom - top))) * width;
      return [start + left, start + right];
    }),
  );
}

/** The numbers of each pixel, row by row. */
export function pixelParts({ channels, height, width }: PictureSize): readonly (readonly NumberRange[])[] {
  const size = height * width;
  return Array.from({ length: size }, (_, pixel) =>
    Array.from({ length: channels }, (_channel, channel): NumberRange => [channel * size + pixel, channel * size + pixel + 1]),
  );
}

function cut(length: number, side: number): readonly (readonly [number, number])[] {
  const count = Math.max(1, Math.round(length / side));
  return Array.from({ length: count }, (_, at) => [Math.round((at * length) / count), Math.round(((at + 1) * length) / count)] as const);
}
