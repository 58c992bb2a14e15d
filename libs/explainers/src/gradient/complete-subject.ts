import type { Reduction } from '#attribution';
import type { ModelDescription } from '../contract/model-description.js';
import { playersOf } from './check-subject.js';
import { chooseReduction } from './choose-reduction.js';
import type { GradientParams } from './gradient-params.js';

/** Parameters with the defaults of the task written in. */
export function completeSubject<Params extends GradientParams & { readonly reduce?: Reduction | null }>(
  params: Params,
  description: ModelDescription,
): Params {
  const players = params.players ?? playersOf(description.task)[0];
  return params.reduce === undefined ? { ...params, players } : { ...params, players, reduce: chooseReduction(params.reduce, description) };
}
