import type { Feeds } from '../session/onnx-session.js';
import type { TokenFeeding } from './token-gradients.js';

/** Rows and tokens of tiny runs, no two alike. */
const sizes = [
  { rows: 2, tokens: 7 },
  { rows: 3, tokens: 5 },
] as const;

/** Feeds of tiny runs that differ in every open length: at first several rows, then one at a time. */
export function makeTokenTrials(feeding: TokenFeeding): readonly (readonly Feeds[])[] {
  const make = (count: (rows: number) => number) =>
    sizes.map(({ rows, tokens }) => {
      const ids = Int32Array.from({ length: tokens }, (_, at) => at % 3);
      return feeding.feed(Array.from({ length: count(rows) }, () => ids));
    });
  const { fixedRows } = feeding;
  if (fixedRows !== null) return [make(() => fixedRows)];
  return [make((rows) => rows), make(() => 1)];
}
