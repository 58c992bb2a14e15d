import { Random } from '#numeric';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { DifferentiableInput } from '../contract/differentiable.js';
import type { ExplainerOutput, Warning } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkSubject } from '../gradient/check-subject.js';
import { chooseReduction } from '../gradient/choose-reduction.js';
import { completeSubject } from '../gradient/complete-subject.js';
import { evaluatePoints } from '../gradient/evaluate-points.js';
import { finishGradient, type GradientFinding } from '../gradient/finish-gradient.js';
import type { GradientSubject } from '../gradient/gradient-subject.js';
import { nameFew } from '../game/name-choices.js';
import { generatedResult } from '../gradient/generated-result.js';
import { gradientTasks } from '../gradient/gradient-tasks.js';
import { keepMaps } from '../gradient/keep-maps.js';
import { keepTensors } from '../gradient/keep-tensors.js';
import { openSubject } from '../gradient/open-subject.js';
import { planSubject } from '../gradient/plan-subject.js';
import { warnOfTwin } from '../gradient/warn-of-twin.js';
import { averageGradients } from './average-gradients.js';
import { smoothGradParams, type SmoothGradParams } from './smooth-grad-params.js';

/** Stage of the random numbers that the noise is drawn with. */
const DRAW_NOISE = 0x73_67;
/** Numbers of all samples' gradients that are held at most: 1 GiB. */
const heldAtMost = 2 ** 28;

export const smoothGrad = defineExplainer<SmoothGradParams>({
  method: 'smooth-grad',
  family: 'gradient',
  tasks: gradientTasks,
  needs: ['gradient'],
  about:
    'The gradient averaged over noisy copies of the input, which takes out what changes from one copy to the next. Sampled, so that every number has a ' +
    'standard error. Costs one pass forward and back for each copy. Source: D. Smilkov et al. (2017).',
  params: smoothGradParams,
  result: generatedResult,
  check: checkSubject,
  complete: (params: SmoothGradParams, description: ModelDescription) => completeSubject(params, description),
  plan: (request: ExplainRequest<SmoothGradParams>, model: Model): Promise<Plan> => planSubject(request, model, 1 + request.params.samples),
  async explain(request: ExplainRequest<SmoothGradParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const rowsBefore = context.model.modelRows;
    const { samples, noise, keep } = request.params;
    const subject = await openSubject(request, context);
    const reduction = chooseReduction(request.params.reduce, context.model.description);
    const input = await subject.open();
    expectRoom(input, samples);
    const parts = subject.partsOf(input.shape.at(-1) ?? 1);
    const deviations = await chooseDeviations(subject, input, noise);
    const progress = { done: 0, total: subject.targets.length * (samples + 1), phase: 'differentiating' };
    const findings: GradientFinding[] = [];
    const gradients: Float32Array[] = [];
    for (const { scored } of subject.targets) {
      const scores = await input.score([input.values], scored, () => 'the input');
      const own: Float32Array[] = [];
      const make = (sample: number) => addNoise(input.values, deviations, new Random(request.seed, DRAW_NOISE, 0, sample));
      await evaluatePoints(
        input,
        scored,
        {
          count: samples,
          make,
          take: (_at, _score, gradient) => void own.push(gradient),
          called: (sample) => `noisy copy ${sample + 1} of ${samples}`,
        },
        context,
        progress,
      );
      const { mean, values, standardErrors } = averageGradients(own, input.values, parts, reduction);
      findings.push({ score: scores[0] ?? NaN, baseScore: null, values, standardErrors });
      gradients.push(mean);
    }
    const evaluations = subject.targets.length * (samples + 1);
    return finishGradient(subject, rowsBefore, {
      findings,
      evaluations,
      budget: evaluations,
      estimated: true,
      truncated: false,
      baseline: { noise: subject.spreads === undefined ? (deviations[0] ?? 0) : [...deviations] },
      quality: { fidelity: null },
      warnings: [...(noise > 0 ? warnOfSilence(subject, deviations) : []), ...(await warnOfTwin(subject, input.rounded, findings))],
      result: subject.result ?? {},
      tensors: [...keepMaps(subject, gradients, input.values, reduction), ...keepTensors(input, { keep, gradients })],
    });
  },
});

function expectRoom({ values }: DifferentiableInput, samples: number): void {
  if (values.length * samples <= heldAtMost) return;
  const most = Math.floor(heldAtMost / values.length);
  const detail = `the gradients of ${samples} copies of ${values.length} numbers do not fit into memory`;
  throw new ExplainProblem('PARAM_INVALID', detail, '/params/samples', `Use at most ${most}.`);
}

/** Of a text or a picture the range of its numbers; of a row, whose columns have units of their own, the spread of each. */
async function chooseDeviations({ spreads }: GradientSubject, { values }: DifferentiableInput, noise: number): Promise<Float64Array> {
  if (spreads !== undefined) return (await spreads()).map((spread) => noise * spread);
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return new Float64Array(values.length).fill(values.length === 0 ? 0 : noise * (most - least));
}

function addNoise(values: Float32Array, deviations: Float64Array, random: Random): Float32Array {
  return values.map((value, at) => value + (deviations[at] ?? NaN) * random.gaussian());
}

function warnOfSilence({ spreads, features }: GradientSubject, deviations: Float64Array): readonly Warning[] {
  if (deviations.every((deviation) => deviation === 0)) {
    const why =
      spreads === undefined ? 'All numbers of the input are equal' : 'No column has a spread that background rows or the manifest show';
    const message = `${why}, so that noise in their range is none: these are the numbers of saliency, and no standard error tells anything.`;
    return [{ code: 'NO_NOISE', message }];
  }
  if (spreads === undefined) return [];
  const still = features.flatMap((feature, at) => (deviations[at] === 0 && 'name' in feature ? [feature.name] : []));
  if (still.length === 0) return [];
  const message = `Columns got no noise where they hold codes, or where neither background rows nor the manifest show a spread: ${nameFew(still)}.`;
  return [{ code: 'COLUMNS_WITHOUT_NOISE', message }];
}
