import { probabilityOf, type OutputScale } from '#attribution';
import type { Prediction } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import { outputKind } from './resolve-targets.js';

/** What the numbers of a model's output row mean. */
export function outputScale(description: ModelDescription, width: number): OutputScale {
  return { width, kind: outputKind(description), multiLabel: description.multiLabel };
}

/** Index of the largest output, the first of equal ones: the class a model predicts. */
export function predictedClass(outputs: Float64Array): number {
  let best = 0;
  outputs.forEach((value, index) => {
    if (value > (outputs[best] ?? -Infinity)) best = index;
  });
  return best;
}

/**
 * One output row as people read it: the probability of each class, or the value of a regression. A model that answers with
 * margins has no probabilities: its raw scores are given, each with its class. An encoder answers nothing that could be read.
 */
export function describePrediction(outputs: Float64Array, description: ModelDescription): readonly Prediction[] {
  if (outputs.length === 0) return [];
  const scale = outputScale(description, outputs.length);
  if (scale.kind === 'value') return [{ value: outputs[0] ?? NaN }];
  const labels = Array.from(outputs, (_, index) => description.classes[index] ?? String(index));
  if (scale.kind === 'margin') return labels.map((label, index) => ({ value: outputs[index] ?? NaN, class: label }));
  return labels.map((label, index) => ({ label, probability: probabilityOf(outputs, 0, scale, index) }));
}
