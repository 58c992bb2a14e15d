import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainInput, ImageInput } from '../contract/explainer.js';
import type { ModelDescription } from '../contract/model-description.js';
import { readRow } from './read-row.js';

/**
 * The text of a request for a text model.
 *
 * @throws ExplainProblem INPUT_KIND_MISMATCH for columns, TEXT_INVALID for a text that cannot be stored or tokenised
 */
export function takeText(input: ExplainInput): string {
  if (!('text' in input)) {
    throw new ExplainProblem(
      'INPUT_KIND_MISMATCH',
      `a text is explained, and the input has ${nameInput(input)}`,
      '/input',
      'Send { "text": … }.',
    );
  }
  expectStorable(input.text, '/input/text');
  return input.text;
}

/** @throws ExplainProblem TEXT_INVALID for a text that cannot be stored or tokenised */
export function expectStorable(text: string, pointer: string): void {
  const nul = text.indexOf('\0');
  if (nul >= 0) throw new ExplainProblem('TEXT_INVALID', `the text has a NUL character at ${nul}`, pointer, 'Remove it.');
  if (/\p{Surrogate}/u.test(text)) {
    throw new ExplainProblem('TEXT_INVALID', 'the text holds half of a surrogate pair', pointer, 'Send whole characters.');
  }
}

/**
 * The cells of a request for a tabular model, in model order.
 *
 * @throws ExplainProblem INPUT_KIND_MISMATCH for a text, and what `readRow` throws
 */
export function takeRow(input: ExplainInput, { features }: ModelDescription): Float64Array {
  if (!('features' in input)) {
    throw new ExplainProblem(
      'INPUT_KIND_MISMATCH',
      `the model reads columns, and the input has ${nameInput(input)}`,
      '/input',
      'Send { "features": { … } }.',
    );
  }
  return readRow(input.features, features, '/input/features');
}

/**
 * The picture of a request for an image model.
 *
 * @throws ExplainProblem INPUT_KIND_MISMATCH
 */
export function takeImage(input: ExplainInput): ImageInput {
  if ('image' in input) return input.image;
  throw new ExplainProblem(
    'INPUT_KIND_MISMATCH',
    `the model reads pictures, and the input has ${nameInput(input)}`,
    '/input',
    'Send { "image": { "mediaType": "image/png", "base64": … } }.',
  );
}

function nameInput(input: ExplainInput): string {
  if ('text' in input) return 'a text';
  if ('features' in input) return 'columns';
  return 'image' in input ? 'a picture' : 'a prompt';
}
