import { carryRelevance } from '#attribution';
import { expectGoing } from '../attention/expect-going.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import { EncoderDecoderModel } from '../contract/encoder-decoder-model.js';
import type { ExplainerOutput, Tensor } from '../contract/explanation.js';
import { ImageModel } from '../contract/image-model.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkSubject } from '../gradient/check-subject.js';
import { completeSubject } from '../gradient/complete-subject.js';
import { finishGradient, type GradientFinding } from '../gradient/finish-gradient.js';
import { keepNumbers } from '../gradient/keep-tensors.js';
import { openTokenSubject } from '../gradient/open-token-subject.js';
import { planSubject } from '../gradient/plan-subject.js';
import { tokenParts } from '../gradient/token-parts.js';
import { warnOfTwin } from '../gradient/warn-of-twin.js';
import { attentionRelevanceParams, type AttentionRelevanceParams } from './attention-relevance-params.js';
import { expectSelf } from './expect-self.js';
import { listReaders, nameReadout, readRelevance, warnOfSeveral } from './read-relevance.js';
import { relateOutput } from './relate-output.js';
import { relatePicture } from './relate-picture.js';
import { attentionRelevanceResult, type AttentionRelevanceResult } from './attention-relevance-result.js';

export const attentionRelevance = defineExplainer<AttentionRelevanceParams>({
  method: 'attention-relevance',
  family: 'gradient',
  tasks: ['text-classification', 'text-regression', 'causal-lm', 'text2text-generation', 'image-classification'],
  needs: ['gradient', 'attention'],
  about:
    'What attention carries towards a score: of each layer the mean over the heads of attention times its gradient, where that is positive, carried through ' +
    'the layers, of an encoder-decoder through those of its encoder, its decoder and between them. Unlike a rollout it tells classes apart. Costs one pass forward and back. Source: H. Chefer, S. Gur and L. Wolf (2021).',
  params: attentionRelevanceParams,
  result: attentionRelevanceResult,
  check: checkSubject,
  complete: (params: AttentionRelevanceParams, description: ModelDescription) => completeSubject(params, description),
  plan: (request: ExplainRequest<AttentionRelevanceParams>, model: Model): Promise<Plan> => Promise.resolve(planSubject(request, model, 1)),
  async explain(request: ExplainRequest<AttentionRelevanceParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const { model } = context;
    if (model instanceof EncoderDecoderModel) return relateOutput(request, model, context);
    if (model instanceof ImageModel) return relatePicture(request, model, context);
    const rowsBefore = model.modelRows;
    const subject = await openTokenSubject(request, context);
    const tokens = subject.ids.length;
    const parts = tokenParts(subject.features, 1);
    const findings: GradientFinding[] = [];
    const read: (readonly number[])[] = [];
    const tensors: Tensor[] = [];
    let layers: readonly number[] = [];
    for (const [at, { scored }] of subject.targets.entries()) {
      expectGoing(context);
      const given = await subject.tokenModel.attendBack(subject.ids, scored);
      expectSelf(given.layers, tokens);
      layers = given.layers.map(({ layer }) => layer);
      const relevance = carryRelevance(given.layers, tokens);
      const readers = listReaders(scored, given.layers);
      const row = readRelevance(relevance, tokens, readers);
      findings.push({
        score: given.score,
        baseScore: null,
        values: parts.map((ranges) => ranges.reduce((sum, [token]) => sum + (row[token] ?? NaN), 0)),
      });
      read.push(readers);
      if (request.params.keep.includes('relevance'))
        tensors.push(keepNumbers('relevance', [tokens, tokens], relevance, { at, of: subject.targets.length }));
      context.report({ done: at + 1, total: subject.targets.length, phase: 'differentiating' });
    }
    const result: AttentionRelevanceResult = {
      ...(subject.result as object | undefined),
      layers: [...layers],
      readouts: read.map(nameReadout),
    };
    return finishGradient(subject, rowsBefore, {
      ...{ findings, evaluations: findings.length, budget: findings.length, estimated: false, truncated: false },
      ...{
        baseline: {},
        quality: { fidelity: null },
        warnings: [...warnOfSeveral(read, tokens), ...(await warnOfTwin(subject, await subject.tokenModel.listRaised(), findings))],
        result,
        tensors,
      },
    });
  },
});
