import { columnFormat, coversZero, escapeXml, halfWidth, nameFeatures, nameMeasure, type AttributionSlice } from '#figures';
import { numberColumn, renderTable, type TableColumn } from './render-table.js';

/**
 * Every number of one target, features in their own order, with the rank of each by absolute value.
 *
 * @param compared the numbers whose digits are to be seen
 */
export function renderAttributionTable(slice: AttributionSlice, compared: readonly number[] = slice.attributions): string {
  const { attributions } = slice;
  const largest = largestOf(compared);
  const columns = [
    { head: 'Rank', cells: rankByAbsoluteValue(attributions).map(String) },
    numberColumn('Attribution', attributions, columnFormat(largest, '+')),
    ...listErrors(slice, largest),
  ];
  return renderTable(
    `${slice.measure === undefined ? 'Attributions' : 'Numbers'} in ${nameMeasure(slice)}.`,
    'Feature',
    nameFeatures(slice.features),
    columns,
  );
}

function listErrors({ attributions, standardErrors }: AttributionSlice, largest: number): readonly TableColumn[] {
  if (standardErrors === null) return [];
  const largestError = largestOf(standardErrors);
  // Two digits of the widest half at least, however small beside the attributions.
  const format = columnFormat(Math.min(largest, 20 * largestError), '+');
  const intervals = attributions.map((value, index) => {
    const half = halfWidth(standardErrors, index) ?? 0;
    const doubt = coversZero(value, half) ? ' (covers 0)' : '';
    return escapeXml(`${format(value - half)} … ${format(value + half)}${doubt}`);
  });
  return [numberColumn('Standard error', standardErrors, columnFormat(largestError, '-')), { head: '95 % interval', cells: intervals }];
}

function largestOf(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** 1 is the largest; equal values keep their order. */
function rankByAbsoluteValue(values: readonly number[]): readonly number[] {
  const ranks = new Array<number>(values.length);
  const order = values.map((_value, index) => index).sort((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0));
  order.forEach((index, rank) => (ranks[index] = rank + 1));
  return ranks;
}
