import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainInput, Plan } from '../contract/explainer.js';
import { defineGlobalExplainer, type DatasetPart, type DatasetRequest, type PartialResult } from '../contract/global-explainer.js';
import type { Warning } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { checkGame } from '../game/check-game.js';
import { readsText } from '../game/choose-game.js';
import type { GameParams } from '../game/game-params.js';
import { checkDataset, standInRow } from './check-dataset.js';
import { checkSize } from './check-size.js';
import { concludeImportance } from './conclude-importance.js';
import { explainRows, requestRows } from './explain-rows.js';
import { fixTargets } from './fix-targets.js';
import { globalImportanceParams, type GlobalImportanceParams } from './global-importance-params.js';
import { importanceResultSchema } from './importance-result.js';
import { ImportanceState, type ImportanceSettings } from './importance-state.js';
import { isRowFault } from './is-row-fault.js';
import { estimateEvaluations, findLocal } from './local-methods.js';

type Request = DatasetRequest<GlobalImportanceParams>;

export const globalImportance = defineGlobalExplainer<GlobalImportanceParams>({
  method: 'global-importance',
  family: 'global',
  reads: 'dataset',
  tasks: ['text-classification', 'text-regression', 'tabular-classification', 'tabular-regression'],
  about:
    'Which columns, or words, matter over a data set: attributions of a local method for each row, put together as means, quantiles and ' +
    'signs with bootstrap intervals, and a sample of rows. Costs what the local method costs, for each row. ' +
    'Source: S. M. Lundberg et al. (2020), section on global explanations; bootstrap: N. Chamandy et al. (2012).',
  params: globalImportanceParams,
  result: importanceResultSchema,
  check(request, description, dataset): void {
    checkDataset(description, dataset);
    const { explainer } = findLocal(request.params.local);
    if (!explainer.tasks.includes(description.task)) {
      throw new ExplainProblem(
        'METHOD_NOT_APPLICABLE',
        `${explainer.method} does not explain ${description.task} models`,
        '/params/local/method',
      );
    }
    atLocalPointer(() => explainer.check(requestRows(request, description)(0, standInRow(description)), description));
    const players = countPlayers(request, description);
    checkSize(request, players, fixTargets(request, description).length);
  },
  complete(params, description) {
    const { local } = params;
    const completed = findLocal(local).explainer.complete?.(local.params, description) ?? local.params;
    return { ...params, local: { ...local, params: completed } };
  },
  async plan(request, model, sample): Promise<Plan> {
    const { description } = model;
    const { explainer } = findLocal(request.params.local);
    const plans = await atLocalPointerAsync(() => planRows(request, model, sample));
    const [from, to] = request.input.rows;
    const mean = (count: (plan: Plan) => number): number =>
      plans.length === 0 ? 0 : Math.round(((to - from) * plans.reduce((sum, plan) => sum + count(plan), 0)) / plans.length);
    const estimated = await atLocalPointerAsync(() =>
      explainer.plan(requestRows(request, description)(from, standInRow(description)), model),
    );
    return {
      features: readsText(description)
        ? []
        : estimated.features.map((feature) => ('value' in feature ? { ...feature, value: null } : feature)),
      estimatedEvaluations: mean((plan) => plan.estimatedEvaluations),
      estimatedModelRows: mean((plan) => plan.estimatedModelRows),
      warnings: warnOfSample(sample.length, plans.length),
    };
  },
  partition(request, description): readonly DatasetPart[] {
    const { rowsPerPart, local } = request.params;
    const [from, to] = request.input.rows;
    const perRow = estimateEvaluations(local, countPlayers(request, description));
    return Array.from({ length: Math.ceil((to - from) / rowsPerPart) }, (_, index): DatasetPart => {
      const first = from + index * rowsPerPart;
      const end = Math.min(to, first + rowsPerPart);
      return { rows: [first, end], evaluations: (end - first) * perRow };
    });
  },
  async explainPart(request, part, rows, context) {
    const { state, evaluations } = await atLocalPointerAsync(() => explainRows(request, part, rows, context));
    return { ...state.toPartial(), evaluations };
  },
  merge(request, _description, before, parts): PartialResult {
    const state = new ImportanceState(settingsOf(request));
    if (before !== null) state.merge(before);
    for (const part of parts) state.merge(part);
    return state.toPartial();
  },
  conclude: (request, _description, merged, totals) => concludeImportance(request, ImportanceState.of(merged, settingsOf(request)), totals),
});

function settingsOf({ params, seed }: Request): ImportanceSettings {
  return { seed, replicates: params.replicates, sample: params.sample };
}

/** Players of a row as far as they are known without a tokenizer; null for texts, where each has its own. */
function countPlayers(request: Request, description: ModelDescription): number | null {
  if (readsText(description)) return null;
  const row = requestRows(request, description)(0, standInRow(description));
  // Every local method plays a game, whose parameters are part of its own.
  return checkGame({ ...row, params: row.params as GameParams }, description);
}

/** Plans of the sampled rows that can be explained. @throws ExplainProblem what is wrong with more than a row */
async function planRows(request: Request, model: Model, sample: readonly ExplainInput[]): Promise<readonly Plan[]> {
  const { explainer } = findLocal(request.params.local);
  const requestRow = requestRows(request, model.description);
  const plans: Plan[] = [];
  for (const [index, input] of sample.entries()) {
    try {
      plans.push(await explainer.plan(requestRow(request.input.rows[0] + index, input), model));
    } catch (error) {
      if (!isRowFault(error)) throw error;
    }
  }
  return plans;
}

function warnOfSample(tried: number, planned: number): readonly Warning[] {
  if (planned === tried) return [];
  return [
    {
      code: 'ROWS_LEFT_OUT',
      message: `${tried - planned} of the first ${tried} rows cannot be explained with these parameters and would be left out. Plan one of them on its own to see why.`,
    },
  ];
}

/** Problems of the local method point into its own parameters. */
function atLocalPointer<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw moved(error);
  }
}

async function atLocalPointerAsync<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw moved(error);
  }
}

function moved(error: unknown): unknown {
  if (!(error instanceof ExplainProblem) || error.pointer?.startsWith('/params') !== true) return error;
  return new ExplainProblem(error.code, error.detail, `/params/local${error.pointer}`, error.remedy);
}
