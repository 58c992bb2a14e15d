import type { Reduction } from '#attribution';
import type { ModelDescription } from '../contract/model-description.js';

/** How a gradient becomes one number where the request does not say it. */
export function chooseReduction(reduction: Reduction | null, { task }: Pick<ModelDescription, 'task'>): Reduction {
  if (reduction !== null) return reduction;
  if (task.startsWith('tabular-')) return 'sum';
  return task.startsWith('image-') ? 'max-abs' : 'l2';
}
