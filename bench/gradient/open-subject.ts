import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageModel, LanguageModel, TextModel, type DifferentiableInput, type GradientTarget, type Model } from '#explainers';

const WORDS = 'a slow and strangely tender film about loss and the sea that takes its time'.split(' ');
const CLASS: GradientTarget = { space: 'logit', index: 1, against: null };

/** An input of a model, as both kinds of passes take it. */
export interface BenchSubject {
  /** Of a text, else empty. */
  readonly ids: Int32Array;
  /** As a job has it. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly target: GradientTarget;
  /** One plain pass. */
  readonly predict: () => Promise<unknown>;
  readonly differentiate: () => Promise<DifferentiableInput>;
}

/**
 * The first picture of the examples, or a text of exactly so many tokens.
 *
 * @param folder of the model
 */
export async function openSubject(model: Model, folder: string, tokens: number | null): Promise<BenchSubject> {
  if (model instanceof ImageModel) {
    const [first = ''] = (await readdir(join(folder, 'examples'))).sort();
    const image = { mediaType: 'image/png' as const, base64: (await readFile(join(folder, 'examples', first))).toString('base64') };
    const { input } = await model.read(image);
    return {
      ...{ ids: new Int32Array(0), input: { image }, target: CLASS },
      predict: () => model.predict([input]),
      differentiate: () => model.differentiate(input),
    };
  }
  if (model instanceof TextModel) {
    const { text, ids } = fit(model, tokens ?? 0);
    return { ids, input: { text }, target: CLASS, predict: () => model.predict([ids]), differentiate: () => model.differentiate(ids) };
  }
  if (!(model instanceof LanguageModel)) throw new Error('the model reads neither a text nor a picture');
  const { text: prompt, ids } = fit(model, tokens ?? 0);
  return {
    ...{ ids, input: { prompt } },
    target: { space: 'logit', tokens: [{ position: ids.length - 1, tokenId: ids[1] ?? 0, weight: 1 }] },
    predict: () => model.begin(null).read(ids, 1, false),
    differentiate: () => model.differentiate(ids),
  };
}

/** A text of so many tokens: words, and letters where a word is too much. */
function fit(model: TextModel | LanguageModel, tokens: number): { readonly text: string; readonly ids: Int32Array } {
  let text = '';
  for (let at = 0; at < 3 * tokens; at++) {
    const longer = [WORDS[at % WORDS.length] ?? '', 'a'].map((word) => `${text} ${word}`.trim());
    const fitting = longer.find((one) => model.encode(one).ids.length <= tokens);
    if (fitting === undefined) break;
    text = fitting;
  }
  const { ids } = model.encode(text);
  if (ids.length !== tokens) throw new Error(`the text has ${ids.length} tokens, not ${tokens}`);
  return { text, ids };
}
