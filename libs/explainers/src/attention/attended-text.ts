import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainInput, Plan } from '../contract/explainer.js';
import type { ExplainerOutput, Feature, Warning } from '../contract/explanation.js';
import { TextModel, type Model, type Span, type TextEncoding } from '../contract/model.js';
import { describePrediction } from '../game/describe-prediction.js';
import { takeText } from '../game/take-input.js';
import { describeTokens, findSeparators, findUnseen, warnOfUnseen } from './describe-tokens.js';

/** A text as a model reads it, before anything was computed. */
export interface AttendedText {
  readonly model: TextModel;
  readonly encoding: TextEncoding;
  /** One per token, special ones included. */
  readonly features: readonly Feature[];
  /** Of every token. */
  readonly positions: readonly number[];
  /** Those that separate texts. */
  readonly separators: readonly number[];
  readonly unseen: readonly Span[];
  readonly warnings: readonly Warning[];
}

/** @throws ExplainProblem METHOD_NOT_APPLICABLE for a model that reads no text, and what is wrong with the text */
export function openText(input: ExplainInput, model: Model): AttendedText {
  if (!(model instanceof TextModel))
    throw new ExplainProblem('METHOD_NOT_APPLICABLE', `${model.description.name} reads no text, and attention is between tokens`);
  const text = takeText(input);
  const encoding = model.encode(text);
  const unseen = findUnseen(text, encoding);
  return {
    model,
    encoding,
    features: describeTokens(text, encoding),
    positions: encoding.tokens.map((_, position) => position),
    separators: findSeparators(encoding),
    unseen,
    warnings: warnOfUnseen(unseen, model.description.maxTokens),
  };
}

export function planText({ features, warnings }: AttendedText): Plan {
  return { features, estimatedEvaluations: 1, estimatedModelRows: 1, warnings };
}

/** Everything but what the method found: no score is explained, so that there are no targets and no attributions. */
export function describeText({ model, features, unseen, warnings }: AttendedText, outputs: Float64Array): ExplainerOutput {
  return {
    prediction: describePrediction(outputs, model.description),
    features,
    targets: [],
    attributions: [],
    standardErrors: null,
    evaluations: 1,
    modelRows: model.modelRows,
    budget: 1,
    estimated: false,
    truncated: false,
    unexplained: unseen,
    baseline: {},
    quality: { fidelity: null },
    warnings,
  };
}
