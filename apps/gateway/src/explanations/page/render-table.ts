import { escapeXml, type NumberFormat } from '#figures';
import { writeNumber } from './write-number.js';

/** A column of a table: its head, and the content of its cell in each row, as HTML. */
export interface TableColumn {
  readonly head: string;
  readonly cells: readonly string[];
}

/**
 * A table of named rows of numbers. In a narrow window every row becomes a block in which each number stands beside the head of
 * its column, so that nothing lies outside.
 *
 * @param about what the numbers are, over the table
 */
export function renderTable(about: string, rowHead: string, names: readonly string[], columns: readonly TableColumn[]): string {
  const heads = columns.map(({ head }) => `<th scope="col" class="number" role="columnheader">${escapeXml(head)}</th>`);
  const rows = names.map((name, row) => {
    const cells = columns.map(
      ({ head, cells: all }) => `<td class="number" role="cell" data-head="${escapeXml(head)}">${all[row] ?? ''}</td>`,
    );
    return `<tr role="row"><th scope="row" role="rowheader"><bdi>${escapeXml(name)}</bdi></th>${cells.join('')}</tr>`;
  });
  return `<p class="quiet">${escapeXml(about)} Hold the pointer over a number for all its digits.</p>
<div class="scroll"><table role="table" aria-label="${escapeXml(about)}">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${escapeXml(rowHead)}</th>${heads.join('')}</tr></thead>
<tbody role="rowgroup">${rows.join('\n')}</tbody>
</table></div>`;
}

/** One number a row. */
export function numberColumn(head: string, values: readonly number[], format: NumberFormat): TableColumn {
  return { head, cells: values.map((value) => writeNumber(value, format)) };
}

/** Stored intervals; a dash where there is none. */
export function intervalColumn(head: string, intervals: readonly (readonly [number, number] | null)[], format: NumberFormat): TableColumn {
  const write = (interval: readonly [number, number]) => `<span>${interval.map((end) => writeNumber(end, format)).join(' … ')}</span>`;
  return { head, cells: intervals.map((interval) => (interval === null ? '–' : write(interval))) };
}
