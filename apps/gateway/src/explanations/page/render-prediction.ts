import { columnFormat, escapeXml, formatScore } from '#figures';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { rankPrediction } from './describe-explanation.js';
import { numberCell } from './number-cell.js';

const MOST = 20;

/** What the model answered, highest first. */
export function renderPrediction({ prediction }: ExplanationAnswer): string {
  if (prediction.length === 0) return '';
  const ranked = rankPrediction(prediction);
  const rows = ranked.slice(0, MOST).map((one) => {
    const name = 'probability' in one ? one.label : (one.class ?? 'value');
    const cell =
      'probability' in one
        ? numberCell(one.probability, (value) => formatScore(value, 'probability'))
        : numberCell(one.value, columnFormat(Math.abs(one.value) / 10, '-'));
    return `<tr><th scope="row"><bdi>${escapeXml(name)}</bdi></th>${cell}</tr>`;
  });
  const more = ranked.length > MOST ? `<p class="quiet">and ${ranked.length - MOST} more classes, each below these.</p>` : '';
  const isProbability = prediction.some((one) => 'probability' in one);
  return `<h2>What the model answered</h2>
<div class="scroll"><table><thead><tr><th scope="col">Answer</th><th scope="col" class="number">${isProbability ? 'Probability' : 'Value'}</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>${more}`;
}
