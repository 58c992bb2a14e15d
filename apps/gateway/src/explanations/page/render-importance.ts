import {
  columnFormat,
  drawBeeswarm,
  drawImportance,
  drawWordImportance,
  escapeXml,
  nameTarget,
  nameUnit,
  tellConfidence,
  type NumberFormat,
} from '#figures';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { sliceColumns, sliceWords, type ColumnOfData, type Importance, type WordOfData } from '../read-importance.js';
import { numberCell, writeNumber } from './number-cell.js';
import { renderFigure } from './render-figure.js';

/** One target of an explanation of a data set: importance with intervals, the points of a sample, words, and every number. */
export function renderImportance(explanation: ExplanationAnswer, importance: Importance, index: number): string {
  const target = explanation.targets[index];
  const found = importance.targets[index];
  if (target === undefined || found === undefined) return '';
  const columns = sliceColumns(explanation, importance, index);
  const words = sliceWords(explanation, importance, index);
  const score = columnFormat(Math.abs(target.score) / 1000, '-');
  const parts = [
    `<h2>What moves <bdi>${escapeXml(nameTarget(target))}</bdi></h2>`,
    columns === null ? '' : renderFigure((width) => drawImportance(columns, width)),
    columns === null || columns.sample.length === 0 ? '' : renderFigure((width) => drawBeeswarm(columns, width)),
    words === null ? '' : renderFigure((width) => drawWordImportance(words, width)),
    `<p><strong>Quality</strong> ${describeRows(explanation, importance).map(escapeXml).join(' · ')}</p>`,
    `<h3>Every number</h3>`,
    `<p>Mean score ${writeNumber(target.score, score)}, mean base ${writeNumber(target.baseScore, score)}, in ${escapeXml(nameUnit(target))}.</p>`,
    found.columns.length === 0 ? '' : renderColumns(found.columns, tellConfidence(importance.confidence)),
    found.words === null ? '' : renderWords(found.words, tellConfidence(importance.confidence)),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function describeRows(explanation: ExplanationAnswer, { rows, method }: Importance): readonly string[] {
  const failed = rows.failed.map(({ code, rows: count }) => `${count} rows not explained (${code})`);
  const gap = explanation.quality['largestCompletenessGap'];
  return [
    `${rows.explained} of ${rows.asked} rows explained with ${method}`,
    ...failed,
    ...(typeof gap === 'number' ? [`largest gap of a row ${gap === 0 ? '0' : gap.toExponential(0)}`] : []),
  ];
}

function renderColumns(columns: readonly ColumnOfData[], confidence: string): string {
  const reach = columns.reduce((far, { meanAbs }) => Math.max(far, meanAbs.value), 0);
  const plain = columnFormat(reach, '-');
  const signed = columnFormat(reach, '+');
  const shares = columns[0]?.quantiles.map(({ share }) => share) ?? [];
  const heads = [
    ...['Mean size', `${confidence} interval`, 'Mean', `${confidence} interval`],
    ...shares.map((share) => `${Number((share * 100).toFixed(1))} %`),
    ...['Rows above 0', 'Rows below 0', 'Rows at 0'],
  ];
  const rows = columns.map((column) => [
    nameCell(column.name),
    numberCell(column.meanAbs.value, plain),
    intervalCell(column.meanAbs.interval, plain),
    numberCell(column.mean.value, signed),
    intervalCell(column.mean.interval, signed),
    ...column.quantiles.map(({ value }) => numberCell(value, signed)),
    ...[column.positive, column.negative, column.zero].map((count) => numberCell(count, String)),
  ]);
  return renderTable('Attributions over the rows; the percentages are quantiles.', ['Column', ...heads], rows);
}

function renderWords({ toward, against }: { toward: WordOfData[]; against: WordOfData[] }, confidence: string): string {
  const all = [...toward, ...against];
  const means = columnFormat(
    all.reduce((far, { mean }) => Math.max(far, Math.abs(mean)), 0),
    '+',
  );
  const totals = columnFormat(
    all.reduce((far, { total }) => Math.max(far, Math.abs(total)), 0),
    '+',
  );
  const heads = ['Word', 'Occurrences', 'Mean', `${confidence} interval`, 'Sum', 'Mean size'];
  const rows = all.map((one) => [
    nameCell(one.word),
    numberCell(one.occurrences, String),
    numberCell(one.mean, means),
    intervalCell(one.interval, means),
    numberCell(one.total, totals),
    numberCell(one.meanAbs, (value) => means(value).replace('+', '')),
  ]);
  return renderTable('Words with the largest sums of attributions, toward and then against.', heads, rows);
}

function renderTable(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = heads.map((head, index) => `<th scope="col"${index === 0 ? '' : ' class="number"'}>${escapeXml(head)}</th>`);
  return `<div class="scroll" tabindex="0" role="region" aria-label="Every number"><table>
<caption>${escapeXml(caption)} Hold the pointer over a number for all its digits.</caption>
<thead><tr>${cells.join('')}</tr></thead>
<tbody>${rows.map((row) => `<tr>${row.join('')}</tr>`).join('\n')}</tbody>
</table></div>`;
}

function nameCell(name: string): string {
  return `<th scope="row"><bdi>${escapeXml(name)}</bdi></th>`;
}

function intervalCell(interval: readonly [number, number] | null, format: NumberFormat): string {
  if (interval === null) return '<td class="number">–</td>';
  return `<td class="number">${writeNumber(interval[0], format)} … ${writeNumber(interval[1], format)}</td>`;
}
