import { countOperators, type ModelGraph } from '#graph';

/** Rounding of float16 through many layers. */
const usual = 0.05;
/** Operators that round by the largest number of a run round a text differently with other tokens beside it. */
const dynamic = /(?:^|:)DynamicQuantize/;
const dynamicTolerance = 0.5;

/** How far, relative to their size, the logits of a text may be from the same ones read in parts. */
export function chooseTolerance(graph: ModelGraph): number {
  return Object.keys(countOperators(graph)).some((operator) => dynamic.test(operator)) ? dynamicTolerance : usual;
}
