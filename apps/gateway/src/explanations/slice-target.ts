import type { AttributionSlice, TextSlice } from '#figures';
import { describeMeasure } from './describe-measure.js';
import type { ExplanationAnswer } from './explanation-answer.js';
import { findReadToken } from './find-read-token.js';
import { nameClass, readGenerated } from './read-generated.js';

/** What figures read of one target; with the text where the features are pieces of one. Null where there is no such target. */
export function sliceTarget(explanation: ExplanationAnswer, index: number): AttributionSlice | TextSlice | null {
  const target = explanation.targets[index];
  const attributions = explanation.attributions[index];
  if (target === undefined || attributions === undefined) return null;
  const read = readText(explanation);
  const slice = {
    features: read?.features ?? explanation.features,
    target: target.class === null ? target : { ...target, class: nameClass(explanation, target.class) },
    attributions,
    standardErrors: explanation.standardErrors?.[index] ?? null,
    measure: describeMeasure(explanation, target),
  };
  return read === null ? slice : { ...slice, text: read.text, unexplained: explanation.unexplained };
}

/** The text that the features are pieces of: what was sent, or a prompt and what followed it. Null where they are something else, such as columns or heads. */
function readText(explanation: ExplanationAnswer): Pick<TextSlice, 'text' | 'features'> | null {
  const { input, features } = explanation;
  if (!features.some((feature) => 'span' in feature || 'spans' in feature)) return null;
  if (typeof input['text'] === 'string') return { text: input['text'], features };
  if (typeof input['prompt'] !== 'string') return null;
  const following = readGenerated(explanation).map(({ token }) => token);
  const { outputFrom } = (explanation.result ?? {}) as { readonly outputFrom?: unknown };
  if (typeof outputFrom !== 'number') return { text: [input['prompt'], ...following].join(''), features };
  // What a decoder wrote goes on from nothing: it has a line of its own.
  const apart = features.map((feature, at) => {
    if (at < outputFrom || !('span' in feature)) return feature;
    const [start, end] = feature.span;
    return { ...feature, span: [start + 1, end + 1] as const };
  });
  return { text: [input['prompt'], '\n', ...following].join(''), features: apart };
}

/**
 * What figures show of a target by attention-relevance: beside the token that is read, whose relevance is about 1 by construction, every other one
 * would have no colour. It is left out, and the unit says so.
 */
export function leaveOutReadToken(
  explanation: ExplanationAnswer,
  slice: AttributionSlice | TextSlice,
  index: number,
): AttributionSlice | TextSlice {
  const read = findReadToken(explanation, index);
  if (read < 0 || slice.features.length < 2 || slice.measure === undefined) return slice;
  const isOther = (_: unknown, at: number): boolean => at !== read;
  return {
    ...slice,
    features: slice.features.filter(isOther),
    attributions: slice.attributions.filter(isOther),
    measure: { ...slice.measure, unit: `${slice.measure.unit}, without the token that is read` },
  };
}

export function isTextSlice(slice: AttributionSlice | TextSlice): slice is TextSlice {
  return 'text' in slice;
}
