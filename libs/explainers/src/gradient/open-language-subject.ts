import { logSumExp } from '#attribution';
import { chooseToken } from '../attention/choose-token.js';
import { describeContinuation } from '../attention/describe-continuation.js';
import { describeTokens } from '../attention/describe-tokens.js';
import { expectGoing } from '../attention/expect-going.js';
import { openPassage } from '../attention/open-passage.js';
import { openPrompt, type OpenPrompt } from '../attention/open-prompt.js';
import { takePrompt } from '../attention/take-prompt.js';
import { TokenLog } from '../attention/token-log.js';
import type { GeneratedToken } from '../attention/attention-result.js';
import type { GradientTarget } from '../contract/differentiable.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest, PromptInput } from '../contract/explainer.js';
import type { Feature } from '../contract/explanation.js';
import type { LanguageModel } from '../contract/model.js';
import type { GradientParams } from './gradient-params.js';
import type { GradientSubject } from './gradient-subject.js';
import { resolveTokenTargets } from './resolve-token-targets.js';
import { tokenBaseline } from './token-baseline.js';
import { tokenParts } from './token-parts.js';

/** How many other tokens are named for each one after a prompt. */
const rivals = 5;

/** What a language model has read: the text, or a prompt and what followed it. */
interface Reading {
  readonly ids: Int32Array;
  readonly special: readonly boolean[];
  readonly promptLength: number;
  readonly features: readonly Feature[];
  readonly generated: readonly GeneratedToken[];
}

/** A text of a language model as the rows of its word embedding; what follows a prompt is generated first. */
export async function openLanguageSubject(
  request: ExplainRequest<GradientParams>,
  model: LanguageModel,
  context: ExplainContext,
): Promise<GradientSubject & { readonly ids: Int32Array }> {
  if ((request.params.players ?? 'tokens') !== 'tokens') {
    const detail = `a language model has no players ${request.params.players ?? ''}`;
    throw new ExplainProblem('PLAYERS_UNSUPPORTED', detail, '/params/players', 'Use tokens.');
  }
  const { ids, special, promptLength, features, generated } = await readOn(request, model, context);
  const logitsAt = async (position: number): Promise<Float32Array> =>
    (await model.begin(null).read(ids.subarray(0, position + 1), 1, false)).logits;
  const targets = await resolveTokenTargets(request, model, { ids, promptLength, logitsAt });
  // What is behind the last token whose logits are read has no part in the score.
  const needed =
    1 + Math.max(...targets.flatMap(({ scored }) => ('tokens' in scored ? scored.tokens.map(({ position }) => position) : [0])));
  const read = ids.subarray(0, needed);
  return {
    ...{ model, ids: read, features: features.slice(0, needed), prediction: [], targets, unexplained: [], warnings: [] },
    partsOf: (width) => tokenParts(features.slice(0, needed), width),
    ...(generated.length === 0 ? {} : { result: { generated: [...generated] } }),
    open: () => model.differentiate(read),
    fileScore: (target) => scoreFile(model, read, target),
    baseline: (choice, input) => tokenBaseline(model, { ids: read, special: special.slice(0, needed) }, features, null, choice, input),
  };
}

async function readOn(request: ExplainRequest<GradientParams>, model: LanguageModel, context: ExplainContext): Promise<Reading> {
  const input = takePrompt(request.input);
  if (input === null) {
    const { encoding, features } = openPassage(request.input, model);
    return { ...encoding, promptLength: encoding.ids.length, features, generated: [] };
  }
  const prompt = openPrompt(input, model);
  const generated = await follow(request, input, prompt, model, context);
  const { encoding } = prompt;
  const ids = Int32Array.from([...encoding.ids, ...generated.map(({ tokenId }) => tokenId)]);
  const features = [
    ...describeTokens(input.prompt, encoding),
    ...describeContinuation(input, prompt, generated, 0).features.slice(encoding.ids.length),
  ];
  return { ids, special: [...encoding.special, ...generated.map(() => false)], promptLength: encoding.ids.length, features, generated };
}

/** The tokens after a prompt, given or chosen, with their log-probabilities. */
async function follow(
  request: ExplainRequest<GradientParams>,
  input: PromptInput,
  { encoding, completion, count }: OpenPrompt,
  model: LanguageModel,
  context: ExplainContext,
): Promise<readonly GeneratedToken[]> {
  const log = new TokenLog(model, encoding.ids, rivals);
  const sequence = model.begin(null);
  let { logits } = await sequence.read(encoding.ids, 1, false);
  for (;;) {
    expectGoing(context);
    const id = completion?.ids[log.length] ?? chooseToken({ input, seed: request.seed }, logits, log.length);
    log.add(id, logits);
    context.report({ done: log.length, total: count, phase: completion === null ? 'generating' : 'reading' });
    if (log.length >= count || (completion === null && model.endTokens.includes(id))) return log.list();
    ({ logits } = await sequence.read(Int32Array.of(id), 1, false));
  }
}

/** The score as the file gives it, whose products may round what they read. */
async function scoreFile(model: LanguageModel, ids: Int32Array, target: GradientTarget): Promise<number> {
  if (!('tokens' in target)) return NaN;
  const first = Math.min(...target.tokens.map(({ position }) => position));
  const { logits } = await model.begin(null).read(ids, ids.length - first, false);
  return target.tokens.reduce((sum, { position, tokenId, weight }) => {
    const row = logits.subarray((position - first) * model.outputs, (position - first + 1) * model.outputs);
    const log = (row[tokenId] ?? NaN) - logSumExp(row);
    const score = target.space === 'logit' ? (row[tokenId] ?? NaN) : target.space === 'probability' ? Math.exp(log) : log;
    return sum + weight * score;
  }, 0);
}
