import { expectGoing } from '../attention/expect-going.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput, Feature } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import { TokenModel, type LayerHeads, type Model } from '../contract/model.js';
import { checkSubject } from '../gradient/check-subject.js';
import { finishGradient, type GradientFinding } from '../gradient/finish-gradient.js';
import type { GradientParams } from '../gradient/gradient-params.js';
import { openTokenSubject } from '../gradient/open-token-subject.js';
import { planSubject } from '../gradient/plan-subject.js';
import { warnOfTwin } from '../gradient/warn-of-twin.js';
import { headImportanceParams, type HeadImportanceParams } from './head-importance-params.js';
import { headImportanceResult, type HeadImportanceResult } from './head-importance-result.js';

export const headImportance = defineExplainer<HeadImportanceParams>({
  method: 'head-importance',
  family: 'gradient',
  tasks: ['text-classification', 'text-regression', 'causal-lm'],
  needs: ['gradient', 'attention'],
  about:
    'How much the score moves for a small change of the output of each head: the exact gradient with respect to a gate of 1 behind every head. Costs one ' +
    'pass forward and back for all heads together. Source: P. Michel, O. Levy and G. Neubig (2019), section 4.1.',
  params: headImportanceParams,
  result: headImportanceResult,
  check: (request: ExplainRequest<HeadImportanceParams>, description: ModelDescription) => checkSubject(readBy(null, request), description),
  async plan(request: ExplainRequest<HeadImportanceParams>, model: Model): Promise<Plan> {
    const plan = await planSubject(readBy('tokens', request), model, 1);
    return model instanceof TokenModel ? { ...plan, features: (await model.gatedHeads()).flatMap(nameHeads) } : plan;
  },
  async explain(request: ExplainRequest<HeadImportanceParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const rowsBefore = context.model.modelRows;
    const subject = await openTokenSubject(readBy('tokens', request), context);
    const findings: GradientFinding[] = [];
    let layers: readonly LayerHeads[] = [];
    for (const [at, { scored }] of subject.targets.entries()) {
      expectGoing(context);
      const given = await subject.tokenModel.gateGradients(subject.ids, scored);
      layers = given.layers;
      findings.push({ score: given.score, baseScore: null, values: [...given.gradients] });
      context.report({ done: at + 1, total: subject.targets.length, phase: 'differentiating' });
    }
    const result: HeadImportanceResult = {
      ...(subject.result as object | undefined),
      layers: layers.map(({ layer, heads }) => ({ layer, heads })),
    };
    return finishGradient({ ...subject, features: layers.flatMap(nameHeads) }, rowsBefore, {
      ...{ findings, evaluations: findings.length, budget: findings.length, estimated: false, truncated: false },
      ...{
        baseline: { gates: 1 },
        quality: { fidelity: null },
        warnings: await warnOfTwin(subject, await subject.tokenModel.listRaised(), findings),
        result,
      },
    });
  },
});

/** The request as other methods of gradients read it. Every text has tokens; one without words has heads too. */
function readBy(players: 'tokens' | null, request: ExplainRequest<HeadImportanceParams>): ExplainRequest<GradientParams> {
  return { ...request, params: { ...request.params, players } };
}

function nameHeads({ layer, heads }: LayerHeads): readonly Feature[] {
  return Array.from({ length: heads }, (_, head) => ({ name: `layer ${layer}, head ${head}`, value: null }));
}
