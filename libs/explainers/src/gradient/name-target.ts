import type { ModelDescription } from '../contract/model-description.js';
import type { ResolvedTarget } from '../game/resolve-targets.js';
import type { NamedTarget } from './gradient-subject.js';

/** A resolved target as the result names it. */
export function nameResolved(target: ResolvedTarget, { classes }: ModelDescription): NamedTarget {
  const against =
    target.against === null ? {} : { against: { class: classes[target.against] ?? String(target.against), index: target.against } };
  return { class: target.class, index: target.class === null ? null : target.index, ...against, space: target.space };
}
