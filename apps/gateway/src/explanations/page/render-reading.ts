import { escapeXml } from '#figures';
import { z } from 'zod';
import { markBlank } from '../read-generated.js';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { renderTable } from './render-table.js';
import { tellLogProbability, tellPercent } from './tell-probability.js';

const reading = z.object({ logProbabilities: z.array(z.number().nullable()) });

/** How likely each token of a text was after those before it, where a language model read it; '' for others. */
export function renderReading({ features, result }: ExplanationAnswer): string {
  const parsed = reading.safeParse(result);
  if (!parsed.success) return '';
  const tokens = features.flatMap((feature, at) => {
    const value = parsed.data.logProbabilities[at];
    const text = 'text' in feature ? feature.text : feature.name;
    return value === null || value === undefined ? [] : [{ text, value }];
  });
  if (tokens.length === 0) return '';
  const table = renderTable(
    'Probabilities among all tokens of the model, after the tokens before. The first token follows nothing.',
    'Token',
    tokens.map(({ text }) => markBlank(text)),
    [
      { head: 'Probability', cells: tokens.map(({ value }) => escapeXml(tellPercent(value))) },
      { head: 'Log-probability', cells: tokens.map(({ value }) => tellLogProbability(value)) },
    ],
  );
  return `<h2>How likely each token was</h2>\n${table}`;
}
