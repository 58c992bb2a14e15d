import { gradCam as combine } from '#attribution';
import { expectGoing } from '../attention/expect-going.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { InnerGradients } from '../contract/differentiable.js';
import type { ExplainerOutput, Tensor, Warning } from '../contract/explanation.js';
import { ImageModel } from '../contract/image-model.js';
import type { ModelDescription } from '../contract/model-description.js';
import { TokenModel, type Model } from '../contract/model.js';
import { checkSubject } from '../gradient/check-subject.js';
import { completeSubject } from '../gradient/complete-subject.js';
import { finishGradient, type GradientFinding } from '../gradient/finish-gradient.js';
import { keepNumbers } from '../gradient/keep-tensors.js';
import { mapTargets } from '../gradient/map-targets.js';
import { openImageSubject } from '../gradient/open-image-subject.js';
import { openTokenSubject } from '../gradient/open-token-subject.js';
import { planSubject } from '../gradient/plan-subject.js';
import { tokenParts } from '../gradient/token-parts.js';
import { chooseTensor } from './choose-tensor.js';
import { gradCamParams, type GradCamParams } from './grad-cam-params.js';
import { gradCamResult, type GradCamResult } from './grad-cam-result.js';
import { warnOfTwin } from '../gradient/warn-of-twin.js';
import { mapPicture } from './map-picture.js';

export const gradCam = defineExplainer<GradCamParams>({
  method: 'grad-cam',
  family: 'gradient',
  tasks: ['image-classification', 'text-classification', 'text-regression', 'causal-lm'],
  needs: ['gradient', 'feature-maps'],
  about:
    'Which places speak for a class: the feature map near the answer, each channel weighed by its mean gradient, what is positive of it. Of a picture a map ' +
    'enlarged to it; of a text a number for each token from the hidden states. Costs one pass forward and back. Source: R. R. Selvaraju et al. (2017).',
  params: gradCamParams,
  result: gradCamResult,
  check: checkSubject,
  complete: (params: GradCamParams, description: ModelDescription) => completeSubject(params, description),
  async plan(request: ExplainRequest<GradCamParams>, model: Model): Promise<Plan> {
    const plan = await planSubject(request, model, 1);
    if (model instanceof ImageModel || model instanceof TokenModel) chooseTensor(await model.innerTensors(), request.params.tensor);
    return plan;
  },
  explain: (request: ExplainRequest<GradCamParams>, context: ExplainContext): Promise<ExplainerOutput> =>
    context.model instanceof ImageModel ? explainPicture(request, context.model, context) : explainText(request, context),
});

async function explainPicture(
  request: ExplainRequest<GradCamParams>,
  model: ImageModel,
  context: ExplainContext,
): Promise<ExplainerOutput> {
  const rowsBefore = model.modelRows;
  const subject = await openImageSubject(request, model);
  const chosen = chooseTensor(await model.innerTensors(), request.params.tensor);
  let shape: readonly number[] = [];
  const { findings, tensors } = await mapTargets(subject, context, async (scored) => {
    const inner = await model.innerGradients(subject.reading.input, scored, chosen.tensor);
    shape = inner.shape;
    return { score: inner.score, ...mapPicture(inner, subject.picture) };
  });
  const result: GradCamResult = { ...chosen, shape: [...shape] };
  return finishGradient(subject, rowsBefore, { ...common(findings), result, tensors });
}

async function explainText(request: ExplainRequest<GradCamParams>, context: ExplainContext): Promise<ExplainerOutput> {
  const rowsBefore = context.model.modelRows;
  const subject = await openTokenSubject(request, context);
  const chosen = chooseTensor(await subject.tokenModel.innerTensors(), request.params.tensor);
  const parts = tokenParts(subject.features, 1);
  const findings: GradientFinding[] = [];
  const tensors: Tensor[] = [];
  let shape: readonly number[] = [];
  for (const [at, { scored }] of subject.targets.entries()) {
    expectGoing(context);
    const inner = await subject.tokenModel.innerGradients(subject.ids, scored, chosen.tensor);
    shape = inner.shape;
    const coarse = combineTokens(inner);
    const means = parts.map(
      (ranges) => ranges.reduce((sum, [token]) => sum + Math.max(0, coarse[token] ?? NaN), 0) / Math.max(1, ranges.length),
    );
    findings.push({ score: inner.score, baseScore: null, values: means });
    tensors.push(keepNumbers('coarse', [coarse.length], coarse, { at, of: subject.targets.length }));
    context.report({ done: at + 1, total: subject.targets.length, phase: 'differentiating' });
  }
  const result: GradCamResult = { ...(subject.result as object | undefined), ...chosen, shape: [...shape] };
  const { warnings, ...numbers } = common(findings);
  const twin = await warnOfTwin(subject, await subject.tokenModel.listRaised(), findings);
  return finishGradient(subject, rowsBefore, { ...numbers, warnings: [...warnings, ...twin], result, tensors });
}

function combineTokens({ shape: [tokens = 0, width = 0], values, gradients }: InnerGradients): Float64Array {
  return combine({ values, gradients, channels: width, places: tokens, order: 'channels-last' });
}

function common(findings: readonly GradientFinding[]) {
  return {
    ...{ findings, evaluations: findings.length, budget: findings.length, estimated: false, truncated: false },
    ...{ baseline: {}, quality: { fidelity: null }, warnings: warnOfNothing(findings) },
  };
}

function warnOfNothing(findings: readonly GradientFinding[]): readonly Warning[] {
  return findings.flatMap(({ values }, target) =>
    values.every((value) => value === 0)
      ? [
          {
            code: 'NOTHING_POSITIVE',
            message: `No place of this map speaks for target ${target}. The tensor coarse has the numbers before what is negative was cut off.`,
          },
        ]
      : [],
  );
}
