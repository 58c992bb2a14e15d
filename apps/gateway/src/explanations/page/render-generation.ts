import { escapeXml } from '#figures';
import { z } from 'zod';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { readGenerated, showToken } from '../read-generated.js';
import { renderTable } from './render-table.js';
import { tellLogProbability, tellPercent } from './tell-probability.js';

/** Methods that explain scores keep the tokens alone. */
const ending = z.object({ text: z.string(), stop: z.string() });

const endings: Readonly<Record<string, string>> = {
  'end-token': 'The model ended the text.',
  'max-tokens': 'As many tokens were generated as were asked for.',
  completion: 'This is the completion that was given.',
};

/** What followed a prompt, token by token, with the tokens that could have stood there. */
export function renderGeneration({ result }: ExplanationAnswer): string {
  const generated = readGenerated({ result });
  if (generated.length === 0) return '';
  const ended = ending.safeParse(result);
  const text = ended.success ? ended.data.text : generated.map(({ token }) => token).join('');
  const why = ended.success ? (endings[ended.data.stop] ?? '') : '';
  const table = renderTable(
    'Probabilities among all tokens of the model.',
    'Token',
    generated.map((one) => showToken(one)),
    [
      { head: 'Probability', cells: generated.map(({ logProbability }) => tellPercent(logProbability)) },
      { head: 'Log-probability', cells: generated.map(({ logProbability }) => tellLogProbability(logProbability)) },
      {
        head: 'Rivals',
        cells: generated.map(({ rivals }) =>
          rivals.map((one) => `<bdi>${escapeXml(showToken(one))}</bdi> ${tellPercent(one.logProbability)}`).join(' · '),
        ),
      },
    ],
  );
  return `<h2>What followed</h2>
<p class="answer"><bdi>${escapeXml(text)}</bdi></p>
${why === '' ? '' : `<p class="quiet">${escapeXml(why)}</p>\n`}${table}`;
}
