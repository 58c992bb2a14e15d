import type { RowFeeding } from '../gradient/row-gradients.js';
import type { Feeds } from '../session/onnx-session.js';
import type { TokenPair } from './encoder-decoder-inputs.js';

/** Tokens of tiny runs, no two alike. Logits of three places of the output are wanted in the first run, of four in the second. */
const sizes = [
  { source: 7, output: 6 },
  { source: 5, output: 8 },
] as const;

/** Feeds of tiny runs that differ in every open length; a run has one row. */
export function makePairTrials(feeding: RowFeeding<TokenPair>): readonly (readonly Feeds[])[] {
  const make = (length: number) => Int32Array.from({ length }, (_, at) => at % 3);
  return [sizes.map(({ source, output }) => feeding.feed([{ source: make(source), output: make(output) }]))];
}
