import { escapeXml } from '#figures';
import { z } from 'zod';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { renderTable } from './render-table.js';
import { tellLogProbability, tellPercent } from './tell-probability.js';

const candidate = { token: z.string(), name: z.string(), logProbability: z.number() };
const generation = z.object({
  generated: z.array(z.object({ ...candidate, rivals: z.array(z.object(candidate)) })),
  text: z.string(),
  stop: z.string(),
});

const endings: Readonly<Record<string, string>> = {
  'end-token': 'The model ended the text.',
  'max-tokens': 'As many tokens were generated as were asked for.',
  completion: 'This is the completion that was given.',
};

/** What followed a prompt, token by token, with the tokens that could have stood there. */
export function renderGeneration({ result }: ExplanationAnswer): string {
  const parsed = generation.safeParse(result);
  if (!parsed.success) return '';
  const { generated, text, stop } = parsed.data;
  const table = renderTable(
    'Probabilities among all tokens of the model.',
    'Token',
    generated.map((one) => show(one)),
    [
      { head: 'Probability', cells: generated.map(({ logProbability }) => tellPercent(logProbability)) },
      { head: 'Log-probability', cells: generated.map(({ logProbability }) => tellLogProbability(logProbability)) },
      {
        head: 'Rivals',
        cells: generated.map(({ rivals }) =>
          rivals.map((one) => `<bdi>${escapeXml(show(one))}</bdi> ${tellPercent(one.logProbability)}`).join(' · '),
        ),
      },
    ],
  );
  return `<h2>What followed</h2>
<p class="answer"><bdi>${escapeXml(text)}</bdi></p>
<p class="quiet">${escapeXml(endings[stop] ?? '')}</p>
${table}`;
}

/** The text of a token, or its name where it has none that can be seen. */
function show({ token, name }: { readonly token: string; readonly name: string }): string {
  return token.trim() === '' ? name : token;
}
