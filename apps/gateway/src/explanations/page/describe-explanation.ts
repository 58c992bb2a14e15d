import { columnFormat, formatScore } from '#figures';
import type { ExplanationAnswer } from '../explanation-answer.js';
import type { Importance } from '../read-importance.js';

const LONGEST_TITLE = 160;

type Predicted = ExplanationAnswer['prediction'][number];

/**
 * What the page is about: the text itself, the data set, or the answer that is explained.
 *
 * @param importance null for an explanation of a single input
 */
export function titleOf(explanation: ExplanationAnswer, importance: Importance | null): string {
  const { text = explanation.input['prompt'] } = explanation.input;
  if (typeof text === 'string') return `“${shorten(text)}”`;
  if (importance !== null) {
    return `What moves ${explanation.model.name} over ${importance.rows.explained} rows of ${String(explanation.input['dataset'])}`;
  }
  const [first] = rankPrediction(explanation.prediction);
  const label = first !== undefined && 'probability' in first ? first.label : first?.class;
  return `Why ${explanation.model.name} answers ${label ?? answerOf(explanation.prediction)}`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const letters = [...line];
  if (letters.length <= LONGEST_TITLE) return line;
  const head = letters.slice(0, LONGEST_TITLE).join('');
  // Between two words, where there are words.
  return `${head.replace(/\s+\S*$/, '')}…`;
}

/** The class with the highest probability or margin, or the value of a regression. */
export function answerOf(prediction: readonly Predicted[]): string {
  const [first] = rankPrediction(prediction);
  return first === undefined ? 'nothing' : tellPrediction(first);
}

export function rankPrediction(prediction: readonly Predicted[]): readonly Predicted[] {
  const sizeOf = (one: Predicted) => ('probability' in one ? one.probability : one.value);
  return prediction.toSorted((a, b) => sizeOf(b) - sizeOf(a));
}

function tellPrediction(one: Predicted): string {
  if ('probability' in one) return `${one.label} ${formatScore(one.probability, 'probability')}`;
  const value = columnFormat(Math.abs(one.value) / 10, '-')(one.value);
  return one.class === undefined ? value : `${one.class} (${value})`;
}

/** In universal time: the page is read anywhere. */
export function tellMoment(moment: string): string {
  const date = new Date(moment);
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(date);
  return `${day} ${date.toISOString().slice(11, 16)} UTC`;
}
