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
import { renderFigure } from './render-figure.js';
import { intervalColumn, numberColumn, renderTable } from './render-table.js';
import { writeNumber } from './write-number.js';

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
    `<p>Mean score ${writeNumber(target.score, score)}${target.baseScore === null ? '' : `, mean base ${writeNumber(target.baseScore, score)}`}, in ${escapeXml(nameUnit(target))}.</p>`,
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
    ...(typeof gap === 'number' ? [`largest gap of a row ${writeGap(gap)}`] : []),
  ];
}

/** What rounding leaves is a power of ten; a method that promises no sum has a gap that counts. */
function writeGap(gap: number): string {
  if (gap === 0) return '0';
  return gap < 1e-3 ? gap.toExponential(0) : columnFormat(gap, '-')(gap);
}

function renderColumns(columns: readonly ColumnOfData[], confidence: string): string {
  const reach = columns.reduce((far, { meanAbs }) => Math.max(far, meanAbs.value), 0);
  const plain = columnFormat(reach, '-');
  const signed = columnFormat(reach, '+');
  const names = columns.map(({ name }) => name);
  const numbers = (head: string, read: (column: ColumnOfData) => number, format: NumberFormat) =>
    numberColumn(head, columns.map(read), format);
  const means = [
    numbers('Mean size', ({ meanAbs }) => meanAbs.value, plain),
    intervalColumn(
      `${confidence} interval of it`,
      columns.map(({ meanAbs }) => meanAbs.interval),
      plain,
    ),
    numbers('Mean', ({ mean }) => mean.value, signed),
    intervalColumn(
      `${confidence} interval of the mean`,
      columns.map(({ mean }) => mean.interval),
      signed,
    ),
  ];
  const shares = columns[0]?.quantiles.map(({ share }) => share) ?? [];
  const spread = [
    ...shares.map((share, at) => numbers(`${Number((share * 100).toFixed(1))} %`, ({ quantiles }) => quantiles[at]?.value ?? NaN, signed)),
    numbers('Above 0', ({ positive }) => positive, String),
    numbers('Below 0', ({ negative }) => negative, String),
    numbers('At 0', ({ zero }) => zero, String),
  ];
  return `${renderTable('Attributions of the columns, over the rows.', 'Column', names, means)}
${renderTable('Quantiles of the attributions, and how many rows lie on each side of 0.', 'Column', names, spread)}`;
}

function renderWords({ toward, against }: { toward: WordOfData[]; against: WordOfData[] }, confidence: string): string {
  const all = [...toward, ...against];
  const reachOf = (read: (one: WordOfData) => number) => all.reduce((far, one) => Math.max(far, Math.abs(read(one))), 0);
  const reach = reachOf(({ mean }) => mean);
  const means = columnFormat(reach, '+');
  return renderTable(
    'Words with the largest sums of attributions, toward and then against.',
    'Word',
    all.map(({ word }) => word),
    [
      numberColumn(
        'Occurrences',
        all.map((one) => one.occurrences),
        String,
      ),
      numberColumn(
        'Mean',
        all.map(({ mean }) => mean),
        means,
      ),
      intervalColumn(
        `${confidence} interval`,
        all.map(({ interval }) => interval),
        means,
      ),
      numberColumn(
        'Sum',
        all.map(({ total }) => total),
        columnFormat(
          reachOf(({ total }) => total),
          '+',
        ),
      ),
      numberColumn(
        'Mean size',
        all.map(({ meanAbs }) => meanAbs),
        columnFormat(reach, '-'),
      ),
    ],
  );
}
