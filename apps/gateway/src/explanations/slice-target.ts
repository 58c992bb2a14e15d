import type { AttributionSlice, TextSlice } from '#figures';
import { describeMeasure } from './describe-measure.js';
import type { ExplanationAnswer } from './explanation-answer.js';

/** What figures read of one target; with the text where the features are pieces of one. Null where there is no such target. */
export function sliceTarget(explanation: ExplanationAnswer, index: number): AttributionSlice | TextSlice | null {
  const target = explanation.targets[index];
  const attributions = explanation.attributions[index];
  if (target === undefined || attributions === undefined) return null;
  const slice = {
    features: explanation.features,
    target,
    attributions,
    standardErrors: explanation.standardErrors?.[index] ?? null,
    measure: describeMeasure(explanation, target),
  };
  const { text } = explanation.input;
  // The features of a text may be something else: the heads of its model.
  const isOfText = explanation.features.some((feature) => 'span' in feature || 'spans' in feature);
  if (typeof text !== 'string' || !isOfText) return slice;
  return { ...slice, text, unexplained: explanation.unexplained };
}

export function isTextSlice(slice: AttributionSlice | TextSlice): slice is TextSlice {
  return 'text' in slice;
}
