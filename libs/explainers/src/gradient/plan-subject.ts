import { planPrompt } from '../attention/plan-prompt.js';
import { openPassage } from '../attention/open-passage.js';
import { openPrompt } from '../attention/open-prompt.js';
import { takePrompt } from '../attention/take-prompt.js';
import { EncoderDecoderModel } from '../contract/encoder-decoder-model.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest, Plan } from '../contract/explainer.js';
import { ImageModel } from '../contract/image-model.js';
import { LanguageModel, TabularModel, TextModel, type Model } from '../contract/model.js';
import { nameModelOf } from '../contract/task.js';
import { describeColumns } from '../game/describe-columns.js';
import { takeRow } from '../game/take-input.js';
import type { GradientParams } from './gradient-params.js';
import { listCells } from './image-cells.js';
import { readText } from './open-text-subject.js';
import { planOutput } from './plan-output.js';
import { resolveTokenTargets, type ReadText } from './resolve-token-targets.js';

/**
 * Who would get a number, and what it would cost, without a run. Tokens that are named as targets are looked up.
 *
 * @param points whose gradients are taken, for each target
 * @throws ExplainProblem GRADIENT_UNAVAILABLE, or as the input and the targets deserve
 */
export async function planSubject(request: ExplainRequest<GradientParams>, model: Model, points: number): Promise<Plan> {
  await model.checkGradient(request.params.straightThrough);
  const evaluations = points * request.targets.length;
  const cost = { estimatedEvaluations: evaluations, estimatedModelRows: 2 + evaluations };
  if (model instanceof TextModel) return { ...readText(request, model), ...cost };
  if (model instanceof LanguageModel) {
    await resolveTokenTargets(request, model, readAhead(request, model));
    const input = takePrompt(request.input);
    const { features, warnings } = input === null ? { ...openPassage(request.input, model), warnings: [] } : planPrompt(input, model);
    return { features, warnings, ...cost };
  }
  if (model instanceof EncoderDecoderModel) return planOutput(request, model, evaluations);
  if (model instanceof ImageModel) return { features: listCells(model.shape), warnings: [], ...cost };
  if (!(model instanceof TabularModel))
    throw new ExplainProblem(
      'METHOD_NOT_APPLICABLE',
      `${nameModelOf(model.description.task)} is not explained by gradients here`,
      '/model',
    );
  const row = takeRow(request.input, model.description);
  return { features: describeColumns(row, model.description), warnings: [], ...cost };
}

/** The text as far as it is known without a run: in the place of tokens that are yet to be generated stands token 0. */
function readAhead({ input: request }: ExplainRequest<GradientParams>, model: LanguageModel): ReadText {
  const logitsAt = (): Promise<Float32Array> => Promise.resolve(new Float32Array(model.outputs));
  const input = takePrompt(request);
  if (input === null) {
    const { ids } = openPassage(request, model).encoding;
    return { ids, promptLength: ids.length, logitsAt };
  }
  const { encoding, completion, count } = openPrompt(input, model);
  const behind = completion?.ids ?? new Int32Array(count);
  return { ids: Int32Array.of(...encoding.ids, ...behind), promptLength: encoding.ids.length, logitsAt };
}
