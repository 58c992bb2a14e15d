import { ExplainProblem } from '#explainers';
import { countOperators, type ModelGraph } from '#graph';
import { chooseTolerance } from './choose-tolerance.js';
import type { RowDifference } from './compare-rows.js';

/** Rounding of float32 sums in another order, through many layers. */
const exactTolerance = 1e-4;
const rounding = /Quantize|Integer|QLinear|QGemm|QAttention|NBits/;
const halves = new Set(['float16', 'bfloat16']);

/**
 * Refuses a model that answers a row otherwise when other rows of the same length stand beside it: no row has an answer of its own then, and
 * nothing that runs rows together is true of it. Batch normalisation in training mode is the usual case.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED
 */
export function refuseInfluence({ rows, difference }: RowDifference, graph: ModelGraph): void {
  if (difference <= chooseRowTolerance(graph)) return;
  throw new ExplainProblem(
    'MODEL_UNSUPPORTED',
    `the answers to ${rows} rows in one run differ by ${difference.toPrecision(3)} of their size from those to each row alone: rows influence one another`,
    null,
    'Export the model in evaluation mode (model.eval()), and look for a sum, a mean or a softmax over the batch axis.',
  );
}

/** How far, relative to their size, answers may be from the same ones whose sums were taken in another order. */
export function chooseRowTolerance(graph: ModelGraph): number {
  const rounds = Object.keys(countOperators(graph)).some((operator) => rounding.test(operator));
  const isHalf = [...graph.initializers.values()].some(({ elementType }) => halves.has(elementType));
  return rounds || isHalf ? chooseTolerance(graph) : exactTolerance;
}
