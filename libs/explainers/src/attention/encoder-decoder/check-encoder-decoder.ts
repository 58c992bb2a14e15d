import { ExplainProblem } from '../../contract/explain-problem.js';
import type { ExplainInput, ExplainRequest, PromptInput } from '../../contract/explainer.js';
import { nameModelOf, type Task } from '../../contract/task.js';
import { takeText } from '../../game/take-input.js';
import type { AttentionParams } from '../attention-params.js';
import { checkQueries } from '../check-queries.js';
import { checkPrompt } from '../open-prompt.js';

/**
 * Checks of a request for an encoder-decoder that need no tokenizer.
 *
 * @throws ExplainProblem PARAM_INVALID, INPUT_KIND_MISMATCH or TEXT_INVALID
 */
export function checkEncoderDecoder({ input, params }: ExplainRequest<AttentionParams>, maxTokens: number | null): void {
  if (params.kind === 'encoder') {
    takeText(input);
    checkQueries(params.queries, maxTokens);
    return;
  }
  checkPrompt(takeSource(input));
  if (params.space === 'score') {
    const remedy = 'Leave it out, or send a text with params.kind "encoder".';
    throw new ExplainProblem('PARAM_INVALID', 'scores are given for texts, not for an output', '/params/space', remedy);
  }
  if (params.queries === null) return;
  const detail = 'every token of an output has a row, and no others';
  throw new ExplainProblem('PARAM_INVALID', detail, '/params/queries', 'Leave it out, and choose a row with step= when you read it.');
}

/**
 * The source and its output.
 *
 * @param text what the method does with a text, a sentence
 * @throws ExplainProblem INPUT_KIND_MISMATCH
 */
export function takeSource(input: ExplainInput, text = '{ "text": … } goes with params.kind "encoder".'): PromptInput {
  if ('prompt' in input) return input;
  const has = 'text' in input ? 'a text' : 'columns';
  const remedy =
    `Send the source as { "prompt": …, "generate": { "maxTokens": … } } or { "prompt": …, "completion": … }. ${text}`.trimEnd();
  throw new ExplainProblem('INPUT_KIND_MISMATCH', `the decoder writes an output for a source, and the input has ${has}`, '/input', remedy);
}

/**
 * Refuses a kind of layers where a model has one alone.
 *
 * @throws ExplainProblem PARAM_INVALID
 */
export function refuseKind(kind: AttentionParams['kind'], task: Task): void {
  if (kind === null) return;
  const detail = `kind chooses among the layers of an encoder-decoder, and ${nameModelOf(task)} has one kind`;
  throw new ExplainProblem('PARAM_INVALID', detail, '/params/kind', 'Leave it out.');
}
