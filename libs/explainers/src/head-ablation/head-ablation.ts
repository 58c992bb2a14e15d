import { DistinctCoalitions } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import { defineExplainer, type ExplainContext, type ExplainRequest, type Plan } from '../contract/explainer.js';
import type { KnownAttention } from '../contract/known-attention.js';
import type { ExplainerOutput } from '../contract/explanation.js';
import type { ModelDescription } from '../contract/model-description.js';
import type { Model } from '../contract/model.js';
import { nameModelOf } from '../contract/task.js';
import { readsText } from '../game/choose-game.js';
import { GameRun } from '../game/game-run.js';
import { planGame } from '../game/plan-game.js';
import { resolveTargets } from '../game/resolve-targets.js';
import { takeText } from '../game/take-input.js';
import { checkKnown, checkSets } from './choose-sets.js';
import { headAblationParams, type HeadAblationParams } from './head-ablation-params.js';
import { headAblationResult, type HeadAblationResult } from './head-ablation-result.js';
import { openHeadGame } from './open-head-game.js';

export const headAblation = defineExplainer<HeadAblationParams>({
  method: 'head-ablation',
  family: 'attention',
  tasks: ['text-classification', 'text-regression'],
  needs: ['attention'],
  about:
    'How much the score drops when a head of attention, or a set of them, is switched off and everything else stays. Costs one evaluation ' +
    'a head or set. Heads do the work of one another, so the drops need not add up. Source: P. Michel, O. Levy and G. Neubig (2019).',
  params: headAblationParams,
  result: headAblationResult,
  check(request: ExplainRequest<HeadAblationParams>, description: ModelDescription, known?: KnownAttention): void {
    if (!readsText(description))
      throw new ExplainProblem('METHOD_NOT_APPLICABLE', `${nameModelOf(description.task)} has no attention`, '/model');
    takeText(request.input);
    checkSets(request.params);
    if (known !== undefined) checkKnown(request.params, known);
    resolveTargets(request, description, 0);
  },
  async plan(request: ExplainRequest<HeadAblationParams>, model: Model): Promise<Plan> {
    const game = await openHeadGame(request, model);
    return planGame(game, 1 + silenceSets(game.sets.length).coalitions.length);
  },
  async explain(request: ExplainRequest<HeadAblationParams>, context: ExplainContext): Promise<ExplainerOutput> {
    const game = await openHeadGame(request, context.model);
    const { coalitions, empty, silenced } = silenceSets(game.sets.length);
    const run = await GameRun.start(game, request, context);
    const worths = await run.evaluate(coalitions, 1 + coalitions.length);
    const without = worths.map((of) => silenced.map((coalition) => of[coalition] ?? NaN));
    const drops = without.map((scores, target) => scores.map((after) => (run.scores[target] ?? NaN) - after));
    const output = run.finish({
      findings: drops.map((values, target) => ({ baseScore: worths[target]?.[empty] ?? NaN, values, standardErrors: null })),
      budget: run.evaluations,
      estimated: false,
      truncated: false,
      quality: { fidelity: null },
      warnings: [],
    });
    const result: HeadAblationResult = {
      layers: game.layers.map(({ layer, heads }) => ({ layer, heads })),
      sets: game.sets.map((set, place) => ({
        gates: set.map((gate) => ({ ...gate })),
        targets: drops.map((values, target) => ({ scoreAfter: without[target]?.[place] ?? NaN, change: values[place] ?? NaN })),
      })),
    };
    return { ...output, result };
  },
});

/** The settings to ask for, and at which place among them all sets are off and each one alone. */
function silenceSets(sets: number) {
  const coalitions = new DistinctCoalitions(sets);
  const empty = coalitions.add(new Uint8Array(sets));
  const silenced = Array.from({ length: sets }, (_, place) => coalitions.add(new Uint8Array(sets).fill(1).fill(0, place, place + 1)));
  return { coalitions, empty, silenced };
}
