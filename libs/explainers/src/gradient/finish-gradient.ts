import { compensatedSum } from '#numeric';
import type { ExplainerOutput, Quality, Tensor, Warning } from '../contract/explanation.js';
import type { GradientSubject } from './gradient-subject.js';
import { keepPicture } from './keep-picture.js';

/** What a method found of one target. */
export interface GradientFinding {
  readonly score: number;
  /** Null where the numbers add up to nothing. */
  readonly baseScore: number | null;
  /** One per feature. */
  readonly values: readonly number[];
  readonly standardErrors?: readonly number[];
}

export interface GradientVerdict {
  readonly findings: readonly GradientFinding[];
  /** Points whose gradient was taken. */
  readonly evaluations: number;
  readonly budget: number;
  readonly estimated: boolean;
  readonly truncated: boolean;
  readonly baseline: Readonly<Record<string, unknown>>;
  readonly quality: Quality;
  readonly warnings: readonly Warning[];
  readonly result?: unknown;
  readonly tensors?: readonly Tensor[];
}

/** What of a subject the result document tells. */
export type ReportedSubject = Pick<
  GradientSubject,
  'model' | 'features' | 'prediction' | 'targets' | 'unexplained' | 'warnings' | 'reading'
>;

/** The result document of a method that explains by gradients. */
export function finishGradient(subject: ReportedSubject, rowsBefore: number, verdict: GradientVerdict): ExplainerOutput {
  const { findings, warnings, result, tensors, ...rest } = verdict;
  const kept = [...(tensors ?? []), ...(subject.reading === undefined ? [] : [keepPicture(subject.reading)])];
  const errors = findings.flatMap(({ standardErrors }) => (standardErrors === undefined ? [] : [standardErrors]));
  return {
    prediction: subject.prediction,
    features: subject.features,
    targets: subject.targets.map(({ name }, at) => {
      const { score, baseScore, values } = findings[at] ?? { score: NaN, baseScore: null, values: [] };
      const gap = baseScore === null ? null : compensatedSum([score, -baseScore, ...values.map((value) => -value)]);
      return { ...name, score, baseScore, completenessGap: gap };
    }),
    attributions: findings.map(({ values }) => values),
    standardErrors: errors.length === findings.length && errors.length > 0 ? errors : null,
    ...rest,
    modelRows: subject.model.modelRows - rowsBefore,
    unexplained: subject.unexplained,
    warnings: [...subject.warnings, ...warnings, ...warnOfNothing(findings, warnings)],
    ...(result === undefined ? {} : { result }),
    ...(kept.length === 0 ? {} : { tensors: kept }),
  };
}

/** Zeros alone are what a graph of steps gives, and what an input gives that the score does not hang on. */
function warnOfNothing(findings: readonly GradientFinding[], warnings: readonly Warning[]): readonly Warning[] {
  if (warnings.some(({ code }) => code === 'NOTHING_POSITIVE' || code === 'GRADIENT_CANCELS')) return [];
  return findings.flatMap(({ values }, target) => {
    if (values.length === 0 || values.some((value) => value !== 0)) return [];
    const message = `Every number of target ${target} is exactly 0: the score does not hang on the input, or only through steps (Round, Floor, Sign, comparisons, whole numbers), whose slope is 0, or a baseline equals the input. A method that hides parts of the input, such as kernel-shap or occlusion, sees steps.`;
    return [{ code: 'GRADIENT_ZERO', message }];
  });
}
