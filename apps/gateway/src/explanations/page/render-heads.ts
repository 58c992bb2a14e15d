import { columnFormat, escapeXml } from '#figures';
import { z } from 'zod';
import type { ExplanationAnswer } from '../explanation-answer.js';
import type { TellingAttention } from '../attention/read-telling-attention.js';
import { TELLING } from '../attention/choose-telling-head.js';
import { layOutAttention } from '../attention/draw-attention.js';
import { renderFigure } from './render-figure.js';
import { renderTable, type TableColumn } from './render-table.js';
import { writeNumber } from './write-number.js';

const share = z.number().nullable();
const heads = z.object({
  layers: z.array(
    z.object({
      layer: z.int(),
      heads: z.array(
        z.object({
          head: z.int(),
          entropy: z.number(),
          meanDistance: share,
          first: share,
          previous: share,
          self: share,
          separator: share,
          pattern: z.string(),
        }),
      ),
    }),
  ),
});

/** Every head by what it does, those that do one thing most clearly first, and a picture of the most telling. */
export function renderHeads({ id, method, model, params, result }: ExplanationAnswer, attention: TellingAttention | null): string {
  if (method !== 'attention') return '';
  const rows = heads.parse(result).layers.flatMap(({ layer, heads: own }) => own.map((head) => ({ layer, ...head })));
  const ranked = rows.toSorted((one, other) => one.entropy - other.entropy);
  const two = columnFormat(1, '-');
  const column = (head: string, valueOf: (row: (typeof rows)[number]) => number | null): TableColumn => ({
    head,
    cells: ranked.map((row) => {
      const value = valueOf(row);
      return value === null ? '–' : writeNumber(value, two);
    }),
  });
  const table = renderTable(
    'Means over the tokens that look; the narrowest heads first. Entropy in nats, distance in tokens, the rest shares of the attention.',
    'Head',
    ranked.map(({ layer, head }) => `layer ${layer}, head ${head}`),
    [
      { head: 'Looks at', cells: ranked.map(({ pattern }) => escapeXml(pattern)) },
      column('Entropy', ({ entropy }) => entropy),
      column('Distance', ({ meanDistance }) => meanDistance),
      column('First token', ({ first }) => first),
      column('Previous', ({ previous }) => previous),
      column('Itself', ({ self }) => self),
      column('Separators', ({ separator }) => separator),
    ],
  );
  const step = 'generated' in (result as object) ? '&step=…' : '';
  const address = `/v1/explanations/${id}/attention?layer=…&head=…${step}`;
  const more =
    params['space'] === 'score'
      ? `The numbers of one head: <code>${escapeXml(address)}</code>.`
      : `A picture of one head: <code>${escapeXml(`${address}&format=svg`)}</code>; with <code>figure=arcs</code> as arcs between the tokens.`;
  return `${attention === null ? '' : renderHead(model.name, attention)}
<h2>What every head looks at</h2>
<p>${more}</p>
${table}`;
}

function renderHead(model: string, attention: TellingAttention): string {
  if ('missing' in attention)
    return `<h2>What one head looks at</h2>\n<p class="quiet">There is no picture here: ${escapeXml(attention.missing)}.</p>`;
  const { part, maxAbsError } = attention;
  const about = { model, maxAbsError, figure: part.isGenerated ? ('arcs' as const) : ('matrix' as const), why: TELLING };
  return `<h2>What one head looks at</h2>
<p class="quiet">The head with the largest share of attention that goes neither to the first token nor to separators, nor to the token that looks or the one before it, times how far its entropy lies below the largest. Others are in the table.${part.isGenerated ? ' Of the tokens that followed the last one with a text is shown.' : ''}</p>
${renderFigure((width) => layOutAttention(part, about, width))}`;
}
