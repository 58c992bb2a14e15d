import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import { ImageModel } from '../contract/image-model.js';
import { LanguageModel, TabularModel, TextModel } from '../contract/model.js';
import { nameModelOf } from '../contract/task.js';
import type { GradientParams } from './gradient-params.js';
import type { GradientSubject } from './gradient-subject.js';
import { openImageSubject } from './open-image-subject.js';
import { openLanguageSubject } from './open-language-subject.js';
import { openTableSubject } from './open-table-subject.js';
import { openTextSubject } from './open-text-subject.js';

/** The input of a request as numbers that have a gradient, whatever kind of model reads it. */
export function openSubject(request: ExplainRequest<GradientParams>, context: ExplainContext): Promise<GradientSubject> {
  const { model } = context;
  if (model instanceof TextModel) return openTextSubject(request, model);
  if (model instanceof LanguageModel) return openLanguageSubject(request, model, context);
  if (model instanceof ImageModel) return openImageSubject(request, model);
  if (model instanceof TabularModel) return openTableSubject(request, model);
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', `${nameModelOf(model.description.task)} is not explained by gradients here`, '/model');
}
