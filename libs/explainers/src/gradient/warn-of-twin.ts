import type { Warning } from '../contract/explanation.js';
import type { GradientFinding } from './finish-gradient.js';
import type { GradientSubject } from './gradient-subject.js';

/**
 * Says where the gradient is that of a twin of the file, and how far the twin's scores are from the file's.
 *
 * @param rounded names of the nodes that round in the file, and not in the twin
 */
export async function warnOfTwin(
  { targets, fileScore }: GradientSubject,
  rounded: readonly string[],
  findings: readonly Pick<GradientFinding, 'score'>[],
): Promise<readonly Warning[]> {
  if (rounded.length === 0) return [];
  const [first = '', ...others] = rounded;
  const who =
    others.length === 0
      ? `1 product of the file rounds what it reads (accuracy level 4), ${first}`
      : `${rounded.length} products of the file round what they read (accuracy level 4), such as ${first}`;
  const shifts: string[] = [];
  if (fileScore !== undefined)
    for (const [at, { scored }] of targets.entries())
      shifts.push(((findings[at]?.score ?? NaN) - (await fileScore(scored))).toPrecision(3));
  const moved = shifts.length === 0 ? '' : ` Its scores less those of the file: ${shifts.join(', ')}.`;
  return [
    {
      code: 'GRADIENT_OF_TWIN',
      message: `${who}; scores and gradients are those of the same weights without rounding.${moved}`,
    },
  ];
}
