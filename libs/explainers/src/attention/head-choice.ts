import { ExplainProblem } from '../contract/explain-problem.js';
import type { LayerAttention } from '../contract/model.js';
import type { AttentionParams, Encoding } from './attention-params.js';

/** Bytes that the tensor of an explanation takes at most. */
export const MAX_TENSOR_BYTES = 64 * 2 ** 20;

/** The layers and heads that are kept, by their numbers in the model. */
export interface HeadChoice {
  readonly layers: readonly number[];
  readonly heads: readonly number[];
}

/**
 * Finds the layers and heads that were asked for among those that a model has.
 *
 * @throws ExplainProblem PARAM_INVALID for one that is not there, and for layers of different shapes
 */
export function chooseHeads(params: Pick<AttentionParams, 'layers' | 'heads'>, present: readonly LayerAttention[]): HeadChoice {
  const numbers = present.map(({ layer }) => layer);
  const layers = pickNumbers('layer', '/params/layers', params.layers, numbers);
  const chosen = present.filter(({ layer }) => layers.includes(layer));
  const [first] = chosen;
  if (first === undefined) throw new ExplainProblem('ATTENTION_UNAVAILABLE', 'the model has no layer of attention');
  const other = chosen.find(({ heads, keys }) => heads !== first.heads || keys !== first.keys);
  if (other !== undefined) {
    const detail = `layer ${first.layer} has ${first.heads} heads over ${first.keys} tokens, and layer ${other.layer} has ${other.heads} over ${other.keys}`;
    throw new ExplainProblem('PARAM_INVALID', detail, '/params/layers', 'Ask for layers of one shape at a time.');
  }
  const heads = Array.from({ length: first.heads }, (_, head) => head);
  return { layers, heads: pickNumbers('head', '/params/heads', params.heads, heads) };
}

/**
 * The numbers that were asked for, each once, in the order of those that are there; all of these for null.
 *
 * @throws ExplainProblem PARAM_INVALID for one that is not there
 */
export function pickNumbers(what: string, pointer: string, asked: readonly number[] | null, present: readonly number[]): readonly number[] {
  if (asked === null) return present;
  const known = new Set(present);
  const place = asked.findIndex((number) => !known.has(number));
  if (place >= 0) {
    const remedy = `Choose among ${tellNumbers(present)}.`;
    throw new ExplainProblem('PARAM_INVALID', `there is no ${what} ${asked[place] ?? ''}`, `${pointer}/${place}`, remedy);
  }
  const wanted = new Set(asked);
  return present.filter((number) => wanted.has(number));
}

/** @throws ExplainProblem PARAM_INVALID where a tensor of so many numbers is more than an explanation keeps */
export function expectRoom(numbers: number, encoding: Encoding): void {
  const bytes = numbers * (encoding === 'exact' ? 4 : 1);
  if (bytes <= MAX_TENSOR_BYTES) return;
  const detail = `${numbers} numbers take ${Math.ceil(bytes / 2 ** 20)} MiB; an explanation keeps ${MAX_TENSOR_BYTES / 2 ** 20} at most`;
  const remedy = `Choose layers, heads or queries${encoding === 'exact' ? ', or leave encoding out' : ''}.`;
  throw new ExplainProblem('PARAM_INVALID', detail, '/params', remedy);
}

function tellNumbers(numbers: readonly number[]): string {
  const [first = 0] = numbers;
  const last = numbers.at(-1) ?? 0;
  return last - first === numbers.length - 1 ? `${first} … ${last}` : numbers.join(', ');
}
