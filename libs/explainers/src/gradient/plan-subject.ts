import { planPrompt } from '../attention/plan-prompt.js';
import { openPassage } from '../attention/open-passage.js';
import { takePrompt } from '../attention/take-prompt.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest, Plan } from '../contract/explainer.js';
import { ImageModel } from '../contract/image-model.js';
import { LanguageModel, TabularModel, TextModel, type Model } from '../contract/model.js';
import { showCell } from '../game/read-row.js';
import { takeRow } from '../game/take-input.js';
import type { GradientParams } from './gradient-params.js';
import { listCells } from './image-cells.js';
import { readText } from './open-text-subject.js';

/**
 * Who would get a number, and what it would cost, without a run.
 *
 * @param points whose gradients are taken, for each target
 */
export function planSubject(request: ExplainRequest<GradientParams>, model: Model, points: number): Plan {
  const evaluations = points * request.targets.length;
  const cost = { estimatedEvaluations: evaluations, estimatedModelRows: 2 + evaluations };
  if (model instanceof TextModel) return { ...readText(request, model), ...cost };
  if (model instanceof LanguageModel) {
    const input = takePrompt(request.input);
    const { features, warnings } = input === null ? { ...openPassage(request.input, model), warnings: [] } : planPrompt(input, model);
    return { features, warnings, ...cost };
  }
  if (model instanceof ImageModel) return { features: listCells(model.shape), warnings: [], ...cost };
  if (!(model instanceof TabularModel))
    throw new ExplainProblem('METHOD_NOT_APPLICABLE', `a ${model.description.task} model is not explained by gradients here`, '/model');
  const row = takeRow(request.input, model.description);
  const features = model.description.features.map((column, at) => ({ name: column.name, value: showCell(column, row[at] ?? NaN) }));
  return { features, warnings: [], ...cost };
}
