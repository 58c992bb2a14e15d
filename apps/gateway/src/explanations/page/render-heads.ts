import { columnFormat, escapeXml } from '#figures';
import { z } from 'zod';
import type { ExplanationAnswer } from '../explanation-answer.js';
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

/** Every head by what it does, those that do one thing most clearly first. */
export function renderHeads({ id, method, result }: ExplanationAnswer): string {
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
  const picture = `/v1/explanations/${id}/attention?layer=…&head=…&format=svg`;
  return `<h2>What every head looks at</h2>
<p>A picture of one head: <code>${escapeXml(picture)}</code>; with <code>figure=arcs</code> as arcs between the tokens.</p>
${table}`;
}
