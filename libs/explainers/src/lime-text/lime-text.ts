import { drawTextMask, fitSurrogates } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import { TextModel, type Model } from '../contract/model.js';
import { checkGame } from '../game/check-game.js';
import { readsText } from '../game/choose-game.js';
import { GameRun } from '../game/game-run.js';
import type { Game } from '../game/game.js';
import { planGame } from '../game/plan-game.js';
import { resolveTargets } from '../game/resolve-targets.js';
import { takeText } from '../game/take-input.js';
import { openTextGame } from '../game/text-game.js';
import { checkSample } from '../surrogate/check-sample.js';
import { keepNeighbourhood } from '../surrogate/keep-neighbourhood.js';
import { joinScores, listPerturbations } from '../surrogate/list-perturbations.js';
import { reportSurrogates } from '../surrogate/report-surrogates.js';
import { drawTextNeighbourhood } from './draw-text-neighbourhood.js';
import { expectDistinct } from './expect-distinct.js';
import { limeTextParams, readGameParams, type LimeTextParams } from './lime-text-params.js';
import { findWords, openLimeGame } from './open-lime-game.js';

export const limeText = defineExplainer<LimeTextParams>({
  method: 'lime-text',
  family: 'lime',
  tasks: ['text-classification', 'text-regression'],
  about:
    'A linear model of the score around one text: words are removed at random, the model answers, and a ridge regression weighted by ' +
    'nearness is fitted to the answers. Gives a weight per word with a standard error, and the fidelity of the whole. Costs at most `budget` ' +
    'evaluations. Source: M. T. Ribeiro et al. (2016).',
  params: limeTextParams,
  result: null,
  check(request: ExplainRequest<LimeTextParams>, description: ModelDescription): void {
    const { params } = request;
    checkCompat(params);
    if (!readsText(description)) refuseModel();
    const features = params.compat === null ? checkOwnGame(request, description) : checkLimeGame(request, description);
    if (features !== null) checkSample(params.budget, features, params.keep);
  },
  plan(request: ExplainRequest<LimeTextParams>, model: Model): Promise<Plan> {
    // A problem with the request is a rejection, as with the methods that wait for a model here.
    return Promise.resolve().then(() => {
      const game = openGame(request, model);
      return planGame(game, expectDistinct(game.players.length, request.params.budget));
    });
  },
  async explain(request: ExplainRequest<LimeTextParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const { params, seed } = request;
    const { budget, kernelWidth, keep } = params;
    const game = openGame(request, context.model);
    const players = game.players.length;
    const neighbourhood = drawTextNeighbourhood(seed, players, budget, kernelWidth);
    const run = await GameRun.start(game, request, context);
    const worths = await run.evaluate(listPerturbations(neighbourhood.rows), neighbourhood.rows.length);
    const scores = worths.map((of, target) => joinScores(run.scores[target] ?? NaN, of));
    const surrogates = fitSurrogates(neighbourhood, scores, {
      selection: params.featureSelection,
      numFeatures: params.numFeatures,
      alpha: params.ridgeAlpha,
    });
    const report = reportSurrogates(surrogates, run.targets, run.scores, game.players, neighbourhood, budget, kernelWidth);
    return {
      ...run.finish({ ...report, budget, estimated: true, truncated: false }),
      tensors: keepNeighbourhood(keep, budget, game.features.length, game.players, (sample, into) => drawTextMask(seed, sample, into)),
    };
  },
});

function openGame(request: ExplainRequest<LimeTextParams>, model: Model): Game {
  const { params } = request;
  checkCompat(params);
  if (!(model instanceof TextModel)) refuseModel();
  const game = params.compat === null ? openTextGame({ ...request, params: readGameParams(params) }, model) : openLimeGame(request, model);
  checkSample(params.budget, game.players.length, params.keep);
  return game;
}

function checkOwnGame(request: ExplainRequest<LimeTextParams>, description: ModelDescription): number | null {
  return checkGame({ ...request, params: readGameParams(request.params) }, description);
}

function checkLimeGame(request: ExplainRequest<LimeTextParams>, description: ModelDescription): number {
  const { words } = findWords(takeText(request.input), request.params.bow);
  resolveTargets(request, description, 0);
  return Math.min(words.length, description.maxTokens ?? Infinity);
}

function checkCompat({ compat, bow, players, groups, masker, replacement }: LimeTextParams): void {
  if (compat === null) {
    if (!bow) refuseIdle('bow', 'it belongs to compat lime');
    return;
  }
  if (players !== 'words') refuseIdle('players', 'compat lime has players of its own');
  if (groups !== undefined) refuseIdle('groups', 'compat lime has players of its own');
  if (masker !== 'delete') refuseIdle('masker', 'compat lime removes words from the text itself');
  if (replacement !== undefined) refuseIdle('replacement', 'compat lime removes words from the text itself');
}

function refuseIdle(name: string, because: string): never {
  throw new ExplainProblem(
    'PARAM_INVALID',
    `${name} would have no effect: ${because}`,
    `/params/${name}`,
    'Leave it out, or change compat.',
  );
}

function refuseModel(): never {
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', 'lime-text explains models that read text', '/method', 'Use lime-tabular for a row.');
}
