import { columnFormat, formatScore } from '#figures';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { rankPrediction } from './describe-explanation.js';
import { renderTable } from './render-table.js';
import { writeNumber } from './write-number.js';

const MOST = 20;

/** What the model answered, highest first. */
export function renderPrediction({ prediction }: ExplanationAnswer): string {
  if (prediction.length === 0) return '';
  const ranked = rankPrediction(prediction);
  const shown = ranked.slice(0, MOST);
  const names = shown.map((one) => ('probability' in one ? one.label : (one.class ?? 'value')));
  const cells = shown.map((one) =>
    'probability' in one
      ? writeNumber(one.probability, (value) => formatScore(value, 'probability'))
      : writeNumber(one.value, columnFormat(Math.abs(one.value) / 10, '-')),
  );
  const more = ranked.length > MOST ? `<p class="quiet">and ${ranked.length - MOST} more, each below these.</p>` : '';
  const isProbability = prediction.some((one) => 'probability' in one);
  const head = isProbability ? 'Probability' : 'Value';
  return `<h2>What the model answered</h2>
${renderTable(isProbability ? 'Probabilities of the classes.' : 'The output of the model.', 'Answer', names, [{ head, cells }])}${more}`;
}
