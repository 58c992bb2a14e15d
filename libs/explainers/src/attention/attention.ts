import { ExplainProblem } from '../contract/explain-problem.js';
import type { KnownAttention } from '../contract/known-attention.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import { EncoderDecoderModel } from '../contract/encoder-decoder-model.js';
import { LanguageModel, type Model } from '../contract/model.js';
import { takeText } from '../game/take-input.js';
import { attendPassage } from './attend-passage.js';
import { attendPrompt } from './attend-prompt.js';
import { attendText } from './attend-text.js';
import { openText, planText } from './attended-text.js';
import { attentionParams, type AttentionParams } from './attention-params.js';
import { attentionResult } from './attention-result.js';
import { takePrompt } from './take-prompt.js';
import { attendEncoderDecoder } from './encoder-decoder/attend-encoder-decoder.js';
import { checkEncoderDecoder, refuseKind } from './encoder-decoder/check-encoder-decoder.js';
import { planEncoderDecoder } from './encoder-decoder/plan-encoder-decoder.js';
import { checkHeads } from './check-heads.js';
import { checkQueries } from './check-queries.js';
import { checkRoom } from './check-room.js';
import { pickNumbers } from './head-choice.js';
import { openPassage, planPassage } from './open-passage.js';
import { checkPrompt } from './open-prompt.js';
import { planPrompt } from './plan-prompt.js';
import { refuseTargets } from './refuse-targets.js';

export const attention = defineExplainer<AttentionParams>({
  method: 'attention',
  family: 'attention',
  tasks: ['text-classification', 'text-regression', 'feature-extraction', 'fill-mask', 'causal-lm', 'text2text-generation'],
  needs: ['attention'],
  about:
    'How much each token looks at each other one, in every layer and head, as the model computed it: the weights after the softmax. Of a language ' +
    'model: of a text, or what it looked at when it chose each token after a prompt, with the probability of the token and its strongest rivals. Of an ' +
    'encoder-decoder: what each token of the output looked at in the source. Every head has a summary, so that the telling ones are found among hundreds. That a token is looked at does not mean that it decided the answer ' +
    '(S. Jain and B. C. Wallace, 2019). Source: A. Vaswani et al. (2017).',
  params: attentionParams,
  result: attentionResult,
  check(request: ExplainRequest<AttentionParams>, { task, maxTokens }: ModelDescription, known?: KnownAttention): void {
    refuseTargets(request, 'attention');
    const { input, params } = request;
    if (task === 'text2text-generation') {
      checkEncoderDecoder(request, maxTokens);
      return;
    }
    refuseKind(params.kind, task);
    if (known !== undefined) checkHeads(params, known);
    const prompt = task === 'causal-lm' ? takePrompt(input) : null;
    if (prompt === null) {
      takeText(input);
      checkQueries(params.queries, maxTokens);
      return;
    }
    checkPrompt(prompt);
    if (params.queries === null) return;
    const detail = 'after a prompt every generated token has a row, and no others';
    throw new ExplainProblem('PARAM_INVALID', detail, '/params/queries', 'Leave it out, and choose a row with step= when you read it.');
  },
  complete: (params, { task }) => ({
    ...params,
    kind: task === 'text2text-generation' ? (params.kind ?? 'cross') : params.kind,
    encoding: params.space === 'score' ? 'exact' : params.encoding,
  }),
  async plan({ input, params }: ExplainRequest<AttentionParams>, model: Model): Promise<Plan> {
    if (model instanceof EncoderDecoderModel) {
      const plan = planEncoderDecoder(input, params, model);
      const keys = plan.features.length;
      if (params.kind === 'encoder') await checkRoom(params, { rows: params.queries?.length ?? keys, keys }, model.encoder);
      return plan;
    }
    if (params.layers !== null || params.heads !== null) checkHeads(params, await model.readLayers());
    const prompt = model instanceof LanguageModel ? takePrompt(input) : null;
    if (model instanceof LanguageModel && prompt !== null) {
      const plan = planPrompt(prompt, model);
      const rows = plan.estimatedEvaluations;
      await checkRoom(params, { rows, keys: plan.features.length + rows - 1 }, model);
      return plan;
    }
    const plan = model instanceof LanguageModel ? planPassage(openPassage(input, model)) : planText(openText(input, model));
    const queries = pickNumbers('query', '/params/queries', params.queries, [...plan.features.keys()]);
    await checkRoom(params, { rows: queries.length, keys: plan.features.length }, model);
    return plan;
  },
  async explain(request: ExplainRequest<AttentionParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const { input, params } = request;
    const { model } = context;
    if (model instanceof EncoderDecoderModel) return attendEncoderDecoder(request, model, context);
    if (!(model instanceof LanguageModel)) return attendText(openText(input, model), params);
    const prompt = takePrompt(input);
    if (prompt === null) return attendPassage(openPassage(input, model), params, model, context);
    return attendPrompt({ ...request, input: prompt }, model, context);
  },
});
