import { assignTokens } from '#attribution';
import { describeTokens, findUnseen, warnOfUnseen } from '../attention/describe-tokens.js';
import type { ExplainRequest } from '../contract/explainer.js';
import type { Feature, Warning } from '../contract/explanation.js';
import type { TextEncoding, TextModel } from '../contract/model.js';
import { describePrediction, predictedClass } from '../game/describe-prediction.js';
import { describeTextPlayers, warnOfPlayers } from '../game/describe-players.js';
import { findCandidates } from '../game/find-candidates.js';
import { resolveTargets } from '../game/resolve-targets.js';
import { takeText } from '../game/take-input.js';
import type { GradientParams } from './gradient-params.js';
import type { GradientSubject } from './gradient-subject.js';
import { nameResolved } from './name-target.js';
import { tokenBaseline } from './token-baseline.js';
import { tokenParts } from './token-parts.js';
import { passRounding } from './pass-rounding.js';

/** A text that a classifier or regression reads, before it was run. */
export interface OpenText {
  readonly encoding: TextEncoding;
  readonly features: readonly Feature[];
  readonly warnings: readonly Warning[];
}

/** @throws ExplainProblem INPUT_KIND_MISMATCH, TEXT_INVALID, TEXT_EMPTY */
export function readText(request: ExplainRequest<GradientParams>, model: TextModel): OpenText {
  const text = takeText(request.input);
  const encoding = model.encode(text);
  const { maxTokens } = model.description;
  const players = request.params.players === 'tokens' ? 'tokens' : 'words';
  const candidates = findCandidates(text, players, {}, { before: encoding.cutFrom ?? Infinity, instead: 'ask for the players tokens' });
  if (candidates === null)
    return { encoding, features: describeTokens(text, encoding), warnings: warnOfUnseen(findUnseen(text, encoding), maxTokens) };
  const cast = assignTokens(text, encoding, candidates);
  return { encoding, features: describeTextPlayers(text, cast), warnings: warnOfPlayers(text, 'words', cast, maxTokens) };
}

/** A text as the rows of its word embedding. */
export async function openTextSubject(
  request: ExplainRequest<GradientParams>,
  model: TextModel,
): Promise<GradientSubject & { readonly ids: Int32Array }> {
  const text = takeText(request.input);
  const { encoding, features, warnings } = readText(request, model);
  const outputs = await model.predict([encoding.ids]);
  const { description } = model;
  const targets = resolveTargets(request, description, predictedClass(outputs));
  const subject: GradientSubject & { readonly ids: Int32Array } = {
    ...{ model, features, warnings, ids: encoding.ids },
    partsOf: (width) => tokenParts(features, width),
    prediction: describePrediction(outputs, description),
    targets: targets.map((target) => ({ name: nameResolved(target, description), scored: target })),
    unexplained: findUnseen(text, encoding),
    open: () => model.differentiate(encoding.ids),
    baseline: (choice, input) => tokenBaseline(model, encoding, features, model.maskTokenId, choice, input),
  };
  return passRounding(subject, request);
}
