import { drawRow, fitSurrogates } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import { TabularModel, type Model } from '../contract/model.js';
import { readsText } from '../game/choose-game.js';
import { GameRun } from '../game/game-run.js';
import { resolveTargets } from '../game/resolve-targets.js';
import { checkSample } from '../surrogate/check-sample.js';
import { keepNeighbourhood } from '../surrogate/keep-neighbourhood.js';
import { joinScores, listPerturbations } from '../surrogate/list-perturbations.js';
import { reportSurrogates } from '../surrogate/report-surrogates.js';
import { drawTableNeighbourhood, makeDrawnRow } from './draw-table-neighbourhood.js';
import { limeTabularParams, limeTabularResult, type LimeTabularParams } from './lime-tabular-params.js';
import { openTable, readTabularRequest } from './open-table.js';
import { playTable } from './play-table.js';

/** lime's kernel width, per square root of the number of columns. */
const widthPerRoot = 0.75;

export const limeTabular = defineExplainer<LimeTabularParams>({
  method: 'lime-tabular',
  family: 'lime',
  tasks: ['tabular-classification', 'tabular-regression'],
  about:
    'A linear model of the score around one row: rows are drawn from the background column by column, the model answers, and a ridge regression ' +
    "weighted by nearness tells what each of the row's own bins and categories contributes. Gives a weight per column with a standard error, and the " +
    'fidelity of the whole. Costs at most `budget` evaluations. Source: M. T. Ribeiro et al. (2016).',
  params: limeTabularParams,
  result: limeTabularResult,
  check(request: ExplainRequest<LimeTabularParams>, description: ModelDescription): void {
    if (readsText(description)) refuseModel();
    readTabularRequest(request, description);
    resolveTargets(request, description, 0);
    checkSample(request.params.budget, description.features.length, request.params.keep);
  },
  async plan(request: ExplainRequest<LimeTabularParams>, model: Model): Promise<Plan> {
    const { features, warnings } = await openTable(request, expectTabular(request, model));
    const { budget } = request.params;
    return { features, estimatedEvaluations: budget, estimatedModelRows: budget, warnings };
  },
  async explain(request: ExplainRequest<LimeTabularParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const { params, seed } = request;
    const { budget, keep } = params;
    const opened = await openTable(request, expectTabular(request, context.model));
    const { table, conditions } = opened;
    const columns = conditions.length;
    const kernelWidth = params.kernelWidth ?? Math.sqrt(columns) * widthPerRoot;
    const neighbourhood = drawTableNeighbourhood(table, seed, budget, kernelWidth);
    const game = playTable(opened, neighbourhood, seed);
    const run = await GameRun.start(game, request, context);
    const worths = await run.evaluate(listPerturbations(neighbourhood.rows), neighbourhood.rows.length);
    const scores = worths.map((of, target) => joinScores(run.scores[target] ?? NaN, of));
    const surrogates = fitSurrogates(neighbourhood, scores, {
      selection: params.featureSelection,
      numFeatures: params.numFeatures,
      alpha: params.ridgeAlpha,
    });
    const report = reportSurrogates(surrogates, run.targets, run.scores, game.players, neighbourhood, budget, kernelWidth);
    const drawn = makeDrawnRow(columns);
    return {
      ...run.finish({ ...report, budget, estimated: true, truncated: false }),
      result: { conditions },
      tensors: keepNeighbourhood(keep, budget, columns, game.players, (sample, into) => {
        drawRow(table, seed, sample, drawn);
        into.set(drawn.same);
      }),
    };
  },
});

function expectTabular({ params }: ExplainRequest<LimeTabularParams>, model: Model): TabularModel {
  if (!(model instanceof TabularModel)) refuseModel();
  checkSample(params.budget, model.description.features.length, params.keep);
  return model;
}

function refuseModel(): never {
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', 'lime-tabular explains models that read rows', '/method', 'Use lime-text for a text.');
}
