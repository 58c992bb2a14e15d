import { coversZero, formatScore, halfWidth, nameMeasure, type AttributionSlice } from '#figures';
import { z } from 'zod';
import type { ExplanationAnswer } from '../explanation-answer.js';

/** Differences below this share of the score are rounding. */
const ROUNDING = 1e-6;

/** How far the numbers of one target can be trusted, as short sentences. */
export function describeQuality(explanation: ExplanationAnswer, slice: AttributionSlice, index: number): readonly string[] {
  const fidelity = explanation.quality.fidelity?.[index];
  return [
    describePath(explanation, slice, index) ?? (fidelity === undefined ? describeSum(slice) : describeSurrogate(slice, fidelity)),
    ...describeDoubt(explanation, slice),
    ...(explanation.truncated ? ['stopped before what was asked'] : []),
    ...(explanation.estimated ? [`estimated from ${explanation.evaluations} evaluations`] : []),
  ];
}

const paths = z.object({ paths: z.array(z.object({ steps: z.int(), converged: z.boolean(), tolerance: z.number() })) });

/** What a path integral leaves over, beside what it may; null for other methods. */
function describePath({ result }: ExplanationAnswer, { target }: AttributionSlice, index: number): string | null {
  const path = paths.safeParse(result).data?.paths[index];
  if (path === undefined || target.completenessGap === null) return null;
  const [gap, allowed] = [Math.abs(target.completenessGap), path.tolerance].map((size) => size.toExponential(1).replace('-', '−'));
  const sums = path.converged ? 'adds up to the score within its tolerance' : 'does not add up to the score';
  return `${sums}: ${gap} is missing, ${allowed} may be, after ${path.steps} steps`;
}

function describeSum({ target, measure }: AttributionSlice): string {
  const { completenessGap, baseScore } = target;
  if (completenessGap === null || baseScore === null)
    return `in ${nameMeasure({ measure, target })}; the numbers do not add up to the score`;
  const gap = Math.abs(completenessGap);
  const isRounding = gap <= ROUNDING * Math.max(Math.abs(target.score), Math.abs(baseScore), ROUNDING);
  const size = gap === 0 ? '0' : gap.toExponential(0);
  return isRounding ? `adds up to the score (gap ${size})` : `does not add up to the score: ${completenessGap.toPrecision(3)} is left over`;
}

function describeSurrogate({ target }: AttributionSlice, fidelity: number): string {
  const surrogate = formatScore(target.score - (target.completenessGap ?? 0), target.space);
  return `surrogate fits ${(fidelity * 100).toFixed(0)} % of the variation around this case, and gives it ${surrogate}`;
}

function describeDoubt(explanation: ExplanationAnswer, slice: AttributionSlice): readonly string[] {
  const passes = explanation.warnings.some(({ code }) => code === 'STRAIGHT_THROUGH');
  const kind = passes ? ['approximate: gradients pass what rounds'] : [];
  if (slice.standardErrors === null) return passes ? kind : ['exact: nothing was sampled'];
  // A size is never below 0, and 0 is no case of doubt.
  if (slice.measure?.isSigned === false) return kind;
  const doubtful = slice.attributions.filter((value, index) => coversZero(value, halfWidth(slice.standardErrors, index))).length;
  const { players } = explanation.params;
  const noun = players === 'words' || players === 'tokens' || players === 'sentences' || players === 'columns' ? players : 'features';
  return [...kind, `${doubtful} of ${slice.attributions.length} ${noun} not distinguishable from 0`];
}
