import { countOperators, type ModelGraph } from '#graph';

const dynamic = /(?:^|:)DynamicQuantize/;

/**
 * Whether a graph rounds what it computes by the largest number of a run: what a row is answered then depends on the rows beside it, so that
 * each has to run alone.
 */
export function roundsByRun(graph: ModelGraph): boolean {
  return Object.keys(countOperators(graph)).some((operator) => dynamic.test(operator));
}
