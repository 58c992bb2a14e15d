import { reduceGradient } from '#attribution';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkSubject } from '../gradient/check-subject.js';
import { chooseReduction } from '../gradient/choose-reduction.js';
import { completeSubject } from '../gradient/complete-subject.js';
import { evaluatePoints } from '../gradient/evaluate-points.js';
import { finishGradient, type GradientFinding } from '../gradient/finish-gradient.js';
import { generatedResult } from '../gradient/generated-result.js';
import { gradientTasks } from '../gradient/gradient-tasks.js';
import { keepMaps } from '../gradient/keep-maps.js';
import { keepTensors } from '../gradient/keep-tensors.js';
import { openSubject } from '../gradient/open-subject.js';
import { planSubject } from '../gradient/plan-subject.js';
import { warnOfTwin } from '../gradient/warn-of-twin.js';
import { saliencyParams, type SaliencyParams } from './saliency-params.js';
import { warnOfCancelling } from './warn-of-cancelling.js';

export const saliency = defineExplainer<SaliencyParams>({
  method: 'saliency',
  family: 'gradient',
  tasks: gradientTasks,
  needs: ['gradient'],
  about:
    'How much the score moves for a small change of each part of the input: the exact gradient, as its length or times the input. Costs one pass forward ' +
    'and back. The numbers do not add up to the score. Source: K. Simonyan, A. Vedaldi and A. Zisserman (2014).',
  params: saliencyParams,
  result: generatedResult,
  check: checkSubject,
  complete: (params: SaliencyParams, description: ModelDescription) => completeSubject(params, description),
  plan: (request: ExplainRequest<SaliencyParams>, model: Model): Promise<Plan> => planSubject(request, model, 1),
  async explain(request: ExplainRequest<SaliencyParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const rowsBefore = context.model.modelRows;
    const subject = await openSubject(request, context);
    const reduction = chooseReduction(request.params.reduce, context.model.description);
    const input = await subject.open();
    const parts = subject.partsOf(input.shape.at(-1) ?? 1);
    const gradients: Float32Array[] = [];
    const findings: GradientFinding[] = [];
    const progress = { done: 0, total: subject.targets.length, phase: 'differentiating' };
    for (const { scored } of subject.targets)
      await evaluatePoints(
        input,
        scored,
        {
          count: 1,
          make: () => input.values,
          take: (_at, score, gradient) => {
            gradients.push(gradient);
            findings.push({
              score,
              baseScore: null,
              values: parts.map((ranges) => reduceGradient(gradient, input.values, ranges, reduction)),
            });
          },
        },
        context,
        progress,
      );
    return finishGradient(subject, rowsBefore, {
      findings,
      evaluations: findings.length,
      budget: findings.length,
      estimated: false,
      truncated: false,
      baseline: {},
      quality: { fidelity: null },
      warnings: [...warnOfCancelling(gradients, parts, reduction), ...(await warnOfTwin(subject, input.rounded, findings))],
      result: subject.result ?? {},
      tensors: [...keepMaps(subject, gradients, input.values, reduction), ...keepTensors(input, { keep: request.params.keep, gradients })],
    });
  },
});
