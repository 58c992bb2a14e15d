import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainContext, ExplainRequest } from '../contract/explainer.js';
import { LanguageModel, TextModel, type TokenModel } from '../contract/model.js';
import type { GradientParams } from './gradient-params.js';
import type { GradientSubject } from './gradient-subject.js';
import { openLanguageSubject } from './open-language-subject.js';
import { openTextSubject } from './open-text-subject.js';

/** A text of a transformer, with the ids that it reads. */
export type TokenSubject = GradientSubject & { readonly ids: Int32Array; readonly tokenModel: TokenModel };

/** @throws ExplainProblem METHOD_NOT_APPLICABLE for a model that reads no text, and what `openSubject` throws */
export async function openTokenSubject(request: ExplainRequest<GradientParams>, context: ExplainContext): Promise<TokenSubject> {
  const { model } = context;
  if (model instanceof TextModel) return { ...(await openTextSubject(request, model)), tokenModel: model };
  if (model instanceof LanguageModel) return { ...(await openLanguageSubject(request, model, context)), tokenModel: model };
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', `${model.description.name} reads no text`, '/model');
}
