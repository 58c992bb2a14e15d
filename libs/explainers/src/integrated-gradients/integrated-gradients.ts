import { compensatedSum } from '#numeric';
import { reduceGradient } from '#attribution';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { DifferentiableInput, GradientTarget } from '../contract/differentiable.js';
import type { ExplainerOutput, Warning } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkBaseline } from '../gradient/check-baseline.js';
import { checkSubject } from '../gradient/check-subject.js';
import { completeSubject } from '../gradient/complete-subject.js';
import type { PointProgress } from '../gradient/evaluate-points.js';
import { finishGradient, type GradientFinding } from '../gradient/finish-gradient.js';
import type { SubjectTarget } from '../gradient/gradient-subject.js';
import { gradientTasks } from '../gradient/gradient-tasks.js';
import { keepMaps } from '../gradient/keep-maps.js';
import { keepTensors } from '../gradient/keep-tensors.js';
import { openSubject } from '../gradient/open-subject.js';
import { planSubject } from '../gradient/plan-subject.js';
import { warnOfTwin } from '../gradient/warn-of-twin.js';
import { integratedGradientsParams, mostSteps, type IntegratedGradientsParams } from './integrated-gradients-params.js';
import { integratedGradientsResult, type IntegratedGradientsResult } from './integrated-gradients-result.js';
import { integratePath, type IntegratedPath } from './integrate-path.js';

type Path = IntegratedGradientsResult['paths'][number];

export const integratedGradients = defineExplainer<IntegratedGradientsParams>({
  method: 'integrated-gradients',
  family: 'gradient',
  tasks: gradientTasks,
  needs: ['gradient'],
  about:
    'What each part of the input adds on the straight way from a baseline: the gradient, averaged along the path, times the difference. The numbers add up ' +
    'to the difference of the scores; steps are doubled until they do, and what is missing is stated. Source: M. Sundararajan, A. Taly and Q. Yan (2017).',
  params: integratedGradientsParams,
  result: integratedGradientsResult,
  check(request: ExplainRequest<IntegratedGradientsParams>, description: ModelDescription): void {
    checkSubject(request, description);
    checkBaseline(request.params.baseline, description);
  },
  complete: (params: IntegratedGradientsParams, description: ModelDescription) => completeSubject(params, description),
  plan: (request: ExplainRequest<IntegratedGradientsParams>, model: Model): Promise<Plan> =>
    planSubject(request, model, 2 + request.params.steps),
  async explain(request: ExplainRequest<IntegratedGradientsParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const rowsBefore = context.model.modelRows;
    const { params } = request;
    const subject = await openSubject(request, context);
    const input = await subject.open();
    const baseline = await subject.baseline(params.baseline, input);
    const parts = subject.partsOf(input.shape.at(-1) ?? 1);
    const progress = { done: 0, total: (params.steps + 2) * subject.targets.length, phase: 'integrating' };
    const findings: GradientFinding[] = [];
    const paths: Path[] = [];
    const gradients: Float32Array[] = [];
    const shares: Float64Array[] = [];
    for (const { scored } of subject.targets) {
      const { path, score, baseScore, integrated } = await integrate(input, baseline.numbers, scored, params, context, progress);
      const values = parts.map((ranges) => reduceGradient(integrated.values, integrated.values, ranges, 'sum'));
      findings.push({ score, baseScore, values });
      paths.push(path);
      gradients.push(Float32Array.from(integrated.gradient));
      shares.push(integrated.values);
    }
    return finishGradient(subject, rowsBefore, {
      findings,
      evaluations: progress.done,
      budget: subject.targets.length * (2 + sumOfRules(params)),
      estimated: false,
      truncated: paths.some(({ converged }) => !converged),
      baseline: baseline.description,
      quality: { fidelity: null },
      warnings: [
        ...warnOfGaps(subject.targets, paths, params.maxSteps),
        ...warnOfSmallDifferences(findings, paths),
        ...(await warnOfTwin(subject, input.rounded, findings)),
      ],
      result: { ...(subject.result ?? {}), paths },
      tensors: [...keepMaps(subject, shares, input.values, 'sum'), ...keepTensors(input, { keep: params.keep, gradients })],
    });
  },
});

/** Share of the difference of the scores that may be missing unsaid. */
const tellingShare = 0.05;

async function integrate(
  input: DifferentiableInput,
  baseline: Float32Array,
  target: GradientTarget,
  { steps: first, maxSteps, relativeTolerance, absoluteTolerance }: IntegratedGradientsParams,
  context: ExplainContext,
  progress: PointProgress,
): Promise<{ readonly path: Path; readonly score: number; readonly baseScore: number; readonly integrated: IntegratedPath }> {
  const scores = await input.score([input.values, baseline], target, (at) => (at === 0 ? 'the input' : 'the baseline'));
  progress.done += 2;
  const [score = NaN, baseScore = NaN] = scores;
  const tolerance = relativeTolerance * Math.abs(score - baseScore) + absoluteTolerance;
  const tried: { steps: number; completenessGap: number }[] = [];
  for (let steps = first; ; steps = Math.min(2 * steps, maxSteps)) {
    const integrated = await integratePath(input, baseline, target, steps, context, progress);
    const completenessGap = compensatedSum([score, -baseScore, ...integrated.values.map((value) => -value)]);
    tried.push({ steps, completenessGap });
    const converged = Math.abs(completenessGap) <= tolerance;
    if (converged || steps >= maxSteps) return { path: { steps, converged, tolerance, tried }, score, baseScore, integrated };
  }
}

/** What is missing beside a difference so small that the tolerance tells nothing. */
function warnOfSmallDifferences(findings: readonly GradientFinding[], paths: readonly Path[]): readonly Warning[] {
  return findings.flatMap(({ score, baseScore }, target) => {
    const { converged, tried } = paths[target] ?? {};
    const [gap, difference] = [Math.abs(tried?.at(-1)?.completenessGap ?? 0), Math.abs(score - (baseScore ?? NaN))];
    const rounding = 1e-6 * Math.max(Math.abs(score), Math.abs(baseScore ?? NaN));
    if (converged !== true || gap <= Math.max(tellingShare * difference, rounding)) return [];
    const message = `Of target ${target} the score differs from the base by ${difference.toPrecision(3)}, and ${gap.toPrecision(3)} is missing from the numbers: within absoluteTolerance, and more than ${tellingShare * 100} % of what they explain. Lower absoluteTolerance, or explain the logit.`;
    return [{ code: 'GAP_BESIDE_DIFFERENCE', message }];
  });
}

function sumOfRules({ steps: first, maxSteps }: IntegratedGradientsParams): number {
  let sum = first;
  for (let steps = first; steps < maxSteps;) {
    steps = Math.min(2 * steps, maxSteps);
    sum += steps;
  }
  return sum;
}

function warnOfGaps(targets: readonly SubjectTarget[], paths: readonly Path[], maxSteps: number): readonly Warning[] {
  return paths.flatMap(({ converged, steps, tried, tolerance }, target) => {
    if (converged) return [];
    const missing = (tried.at(-1)?.completenessGap ?? NaN).toPrecision(3);
    const message = `The numbers of target ${target} do not add up: ${missing} is missing after ${steps} steps, and ${tolerance.toPrecision(3)} may be.`;
    return [{ code: 'PATH_NOT_CONVERGED', message: `${message} ${tellRemedy(targets[target], maxSteps)}` }];
  });
}

function tellRemedy(target: SubjectTarget | undefined, maxSteps: number): string {
  if (target?.scored.straightThrough === true) return 'The gradient is approximate, since it passes what rounds: more steps do not help.';
  if (maxSteps < mostSteps) return 'Raise maxSteps.';
  // Probabilities bend where the logit they are made of may be straight.
  const isBent = /prob|odds/.test(target?.name.space ?? '');
  return `More steps than ${mostSteps} are not taken: take another baseline${isBent ? ', or explain the logit' : ''}.`;
}
