import type { ExplainRequest } from '../contract/explainer.js';
import type { GradientParams } from './gradient-params.js';
import type { GradientSubject } from './gradient-subject.js';

/** A subject whose gradients pass what rounds in its model, where that is asked for, and which says so. */
export async function passRounding<Subject extends Pick<GradientSubject, 'model' | 'targets' | 'warnings'>>(
  subject: Subject,
  { params }: ExplainRequest<GradientParams>,
): Promise<Subject> {
  if (!params.straightThrough) return subject;
  const passed = await subject.model.listRounding();
  if (passed.length === 0) return subject;
  const targets = subject.targets.map((target) => ({ ...target, scored: { ...target.scored, straightThrough: true } }));
  const [first = '', ...others] = passed;
  const who =
    others.length === 0
      ? `1 node of the file rounds what it reads, ${first}`
      : `${passed.length} nodes of the file round what they read, such as ${first}`;
  const warning = {
    code: 'STRAIGHT_THROUGH',
    message: `${who}; scores are computed with the rounding, and gradients are approximate: as if nothing was rounded on the way back.`,
  };
  return { ...subject, targets, warnings: [...subject.warnings, warning] };
}
