import type { LanguageModel } from '#explainers';
import type { StoredTensor } from '#testing';
import { compareNumbers, compareWords, type Comparison } from './comparison.js';

/** The parts of golden.json of a language model that are read here. */
export interface GenerationReference {
  /** Greedy tokens from BOS alone. */
  readonly greedyFromBos: { readonly ids: readonly number[]; readonly text: string };
  readonly prompts: readonly {
    /** Name of the file with its tensors, without what it is packed in. */
    readonly file: string;
    readonly prompt: string;
    readonly promptTokens: number;
    /** Of the prompt and of what follows it. */
    readonly tokens: readonly string[];
    readonly text: string;
    readonly tolerance: { readonly attention: number; readonly logprob: number };
  }[];
}

/**
 * Greedy generation of every prompt: ids and names of the tokens, their text, their log-probabilities, and the attention of the position that
 * generated each.
 *
 * @param read the tensors of a file
 * @throws RangeError where the tensors lack one
 */
export async function compareGeneration(
  { greedyFromBos, prompts }: GenerationReference,
  read: (file: string) => ReadonlyMap<string, StoredTensor> | Promise<ReadonlyMap<string, StoredTensor>>,
  model: LanguageModel,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  const start = Int32Array.from(greedyFromBos.ids.slice(0, 1));
  const story = await generate(model, start, greedyFromBos.ids.length - 1, false);
  comparisons.push(
    compareNumbers('from BOS ids', [...start, ...story.ids], greedyFromBos.ids, 0),
    compareWords('from BOS text', [model.spell(start, story.ids).join('')], [greedyFromBos.text]),
  );
  for (const { file, prompt, promptTokens, tokens, text, tolerance } of prompts) {
    const tensors = await read(file);
    const [ids, attention, logprob] = ['ids', 'attention', 'logprob'].map((name) => tensors.get(name));
    if (ids === undefined || !(attention?.data instanceof Float32Array) || !(logprob?.data instanceof Float32Array))
      throw new RangeError(`${file} has no ids, attention and logprob`);
    const what = JSON.stringify(prompt.slice(0, 24));
    const encoding = model.encode(prompt);
    const [steps = 0, , , keys = 0] = attention.shape;
    const made = await generate(model, encoding.ids, steps, true);
    const all = [...encoding.ids, ...made.ids];
    comparisons.push(
      compareNumbers(`${what} ids`, all, Array.from(ids.data, Number), 0),
      compareNumbers(`${what} tokens of the prompt`, [encoding.ids.length], [promptTokens], 0),
      compareWords(
        `${what} names`,
        all.map((id) => model.nameOf(id)),
        tokens,
      ),
      compareWords(`${what} text`, [prompt + model.spell(encoding.ids, made.ids).join('')], [text]),
      compareNumbers(`${what} log-probabilities`, made.logProbabilities, logprob.data, tolerance.logprob),
      compareNumbers(
        `${what} attention`,
        made.rows.flatMap((row) => row.flatMap((head) => [...head, ...Array<number>(keys - head.length).fill(0)])),
        attention.data,
        tolerance.attention,
      ),
    );
  }
  return comparisons;
}

interface Generation {
  readonly ids: Int32Array;
  /** Natural logarithm, of each. */
  readonly logProbabilities: readonly number[];
  /** [token][layer, head] -> attention row of the position that generated it. */
  readonly rows: readonly (readonly Float64Array[])[];
}

async function generate(model: LanguageModel, prompt: Int32Array, steps: number, attention: boolean): Promise<Generation> {
  const sequence = model.begin(attention ? 'probability' : null);
  const ids: number[] = [];
  const logProbabilities: number[] = [];
  const rows: (readonly Float64Array[])[] = [];
  for (let step = 0; step < steps; step++) {
    const { logits, attention: layers } = await sequence.read(step === 0 ? prompt : Int32Array.from(ids.slice(-1)), 1, attention);
    const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
    const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0);
    ids.push(logits.indexOf(largest));
    logProbabilities.push(-Math.log(sum));
    rows.push(
      (layers ?? []).flatMap(({ heads, keys, probabilities }) =>
        Array.from({ length: heads }, (_, head) => Float64Array.from(probabilities.subarray(head * keys, (head + 1) * keys))),
      ),
    );
  }
  return { ids: Int32Array.from(ids), logProbabilities, rows };
}
