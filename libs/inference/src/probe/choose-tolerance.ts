import type { ModelGraph } from '#graph';
import { roundsByRun } from '../session/rounds-by-run.js';

/** Rounding of float16 through many layers. */
const usual = 0.05;
/** Operators that round by the largest number of a run round a text differently with other tokens beside it. */
const dynamicTolerance = 0.5;

/** How far, relative to their size, the logits of a text may be from the same ones read in parts. */
export function chooseTolerance(graph: ModelGraph): number {
  return roundsByRun(graph) ? dynamicTolerance : usual;
}
