import { logSumExp } from '#attribution';
import { describeContinuation } from '../attention/describe-continuation.js';
import { describeTokens } from '../attention/describe-tokens.js';
import { openPassage } from '../attention/open-passage.js';
import { openPrompt } from '../attention/open-prompt.js';
import { takePrompt } from '../attention/take-prompt.js';
import { readOn } from '../attention/read-on.js';
import type { GeneratedToken } from '../attention/attention-result.js';
import type { GradientTarget } from '../contract/differentiable.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import type { Feature } from '../contract/explanation.js';
import type { LanguageModel } from '../contract/model.js';
import type { GradientParams } from './gradient-params.js';
import type { GradientSubject } from './gradient-subject.js';
import { readFollowing } from './read-following.js';
import { resolveTokenTargets } from './resolve-token-targets.js';
import { tokenBaseline } from './token-baseline.js';
import { tokenParts } from './token-parts.js';
import { passRounding } from './pass-rounding.js';

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
  const { ids, special, promptLength, features, generated } = await readInput(request, model, context);
  const logitsAt = async (position: number): Promise<Float32Array> =>
    (await readLogits(model, ids.subarray(0, position + 1), position, context))[0] ?? new Float32Array(0);
  const targets = await resolveTokenTargets(request, model, { ids, promptLength, logitsAt });
  // What is behind the last token whose logits are read has no part in the score.
  const needed =
    1 + Math.max(...targets.flatMap(({ scored }) => ('tokens' in scored ? scored.tokens.map(({ position }) => position) : [0])));
  const read = ids.subarray(0, needed);
  const subject: GradientSubject & { readonly ids: Int32Array } = {
    ...{ model, ids: read, features: features.slice(0, needed), prediction: [], targets, unexplained: [], warnings: [] },
    partsOf: (width) => tokenParts(features.slice(0, needed), width),
    ...(generated.length === 0 ? {} : { result: { generated: [...generated] } }),
    open: () => model.differentiate(read),
    fileScore: (target) => scoreFile(model, read, target, context),
    baseline: (choice, input) => tokenBaseline(model, { ids: read, special: special.slice(0, needed) }, features, null, choice, input),
  };
  return passRounding(subject, request);
}

async function readInput(request: ExplainRequest<GradientParams>, model: LanguageModel, context: ExplainContext): Promise<Reading> {
  const input = takePrompt(request.input);
  if (input === null) {
    const { encoding, features } = openPassage(request.input, model);
    return { ...encoding, promptLength: encoding.ids.length, features, generated: [] };
  }
  const prompt = openPrompt(input, model);
  const { encoding, completion, count } = prompt;
  const reading = { completion, count, model, sequence: model.begin(null), first: encoding.ids };
  const generated = await readFollowing(request, reading, context);
  const ids = Int32Array.from([...encoding.ids, ...generated.map(({ tokenId }) => tokenId)]);
  const features = [
    ...describeTokens(input.prompt, encoding),
    ...describeContinuation(input, prompt, generated, 0).features.slice(encoding.ids.length),
  ];
  return { ids, special: [...encoding.special, ...generated.map(() => false)], promptLength: encoding.ids.length, features, generated };
}

/** Logits of the tokens behind a position and all that follow it. */
async function readLogits(model: LanguageModel, ids: Int32Array, from: number, context: ExplainContext): Promise<readonly Float32Array[]> {
  const [first, rest] = [ids.subarray(0, from + 1), ids.subarray(from + 1)];
  const read: Float32Array[] = [];
  const log = {
    get length() {
      return read.length;
    },
    lastId: 0,
  };
  const reading = { completion: { ids: rest }, count: 1 + rest.length, model, sequence: model.begin(null), first };
  for await (const { logits } of readOn(reading, log, false, context)) read.push(logits.slice());
  return read;
}

/** The score as the file gives it, whose products may round what they read. */
async function scoreFile(model: LanguageModel, ids: Int32Array, target: GradientTarget, context: ExplainContext): Promise<number> {
  if (!('tokens' in target)) return NaN;
  const first = Math.min(...target.tokens.map(({ position }) => position));
  const read = await readLogits(model, ids, first, context);
  return target.tokens.reduce((sum, { position, tokenId, weight }) => {
    const row = read[position - first] ?? new Float32Array(0);
    const log = (row[tokenId] ?? NaN) - logSumExp(row);
    const score = target.space === 'logit' ? (row[tokenId] ?? NaN) : target.space === 'probability' ? Math.exp(log) : log;
    return sum + weight * score;
  }, 0);
}
