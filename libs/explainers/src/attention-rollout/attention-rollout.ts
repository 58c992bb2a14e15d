import { rollOutAttention } from '#attribution';
import { describeText, openText, planText } from '../attention/attended-text.js';
import { keepMap } from '../attention/keep-map.js';
import { refuseTargets } from '../attention/refuse-targets.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import { LanguageModel, type Model } from '../contract/model.js';
import { takeText } from '../game/take-input.js';
import { attentionRolloutParams, type AttentionRolloutParams } from './attention-rollout-params.js';
import { planPassageRollout, rollOutPassage } from './roll-out-passage.js';
import { attentionRolloutResult, type AttentionRolloutResult } from './attention-rollout-result.js';

export const attentionRollout = defineExplainer<AttentionRolloutParams>({
  method: 'attention-rollout',
  family: 'attention',
  tasks: ['text-classification', 'text-regression', 'feature-extraction', 'fill-mask', 'causal-lm'],
  needs: ['attention'],
  about:
    'How much of each token is in each other one after the last layer, if layers only mixed what they attend to: the mean over the heads, mixed with the ' +
    'residual connection, multiplied through the layers. One map for all classes; of a language model, for a text it reads. Costs one pass. Source: S. Abnar and W. Zuidema (2020).',
  params: attentionRolloutParams,
  result: attentionRolloutResult,
  check(request: ExplainRequest<AttentionRolloutParams>): void {
    refuseTargets(request, 'attention-rollout');
    takeText(request.input);
  },
  plan({ input }: ExplainRequest<AttentionRolloutParams>, model: Model): Promise<Plan> {
    return Promise.resolve(model instanceof LanguageModel ? planPassageRollout(input, model) : planText(openText(input, model)));
  },
  async explain({ input, params }: ExplainRequest<AttentionRolloutParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const { model } = context;
    if (model instanceof LanguageModel) return rollOutPassage(input, params, model, context);
    const text = openText(input, model);
    const tokens = text.positions.length;
    const { outputs, layers } = await text.model.predictAttending(text.encoding.ids);
    const odd = layers.find(({ kind, queries, keys }) => kind === 'cross' || queries !== tokens || keys !== tokens);
    if (odd !== undefined) {
      const detail = `layer ${odd.layer} (${odd.operator} ${odd.node}) goes from ${odd.queries} tokens to ${odd.keys}, and a rollout needs the same ones in every layer`;
      throw new ExplainProblem('METHOD_NOT_APPLICABLE', detail, null, 'Use the method attention, which shows every layer by itself.');
    }
    const flow = rollOutAttention(layers, tokens, params.residual);
    const result: AttentionRolloutResult = {
      layers: layers.map(({ layer }) => layer),
      readout: 0,
      scores: [...flow.subarray(0, tokens)],
    };
    const tensor = keepMap('rollout', tokens, tokens, flow, params.encoding);
    return { ...describeText(text, outputs), result, tensors: [tensor] };
  },
});
