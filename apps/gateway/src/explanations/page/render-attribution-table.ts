import { columnFormat, coversZero, escapeXml, halfWidth, nameFeatures, nameUnit, type AttributionSlice } from '#figures';
import { numberCell } from './number-cell.js';

/** Every number of one target, features in their own order, with the rank of each by absolute value. */
export function renderAttributionTable(slice: AttributionSlice): string {
  const { attributions, standardErrors } = slice;
  const names = nameFeatures(slice.features);
  const largest = attributions.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const signed = columnFormat(largest, '+');
  const plain = columnFormat(largest, '-');
  const ranks = rankByAbsoluteValue(attributions);
  const rows = attributions.map((value, index) => {
    const half = halfWidth(standardErrors, index);
    const error = standardErrors?.[index];
    const uncertain = half === null || error === undefined ? '' : numberCell(error, plain) + intervalCell(value, half, signed);
    return `<tr><th scope="row"><bdi>${escapeXml(names[index] ?? '')}</bdi></th><td class="number">${ranks[index] ?? ''}</td>${numberCell(value, signed)}${uncertain}</tr>`;
  });
  const uncertainHeads =
    standardErrors === null
      ? ''
      : '<th scope="col" class="number">Standard error</th><th scope="col" class="number">95&nbsp;% interval</th>';
  return `<div class="scroll" tabindex="0" role="region" aria-label="Every number"><table>
<caption>Attributions in ${escapeXml(nameUnit(slice.target))}. Numbers are rounded to be read; hold the pointer over one for all its digits.</caption>
<thead><tr><th scope="col">Feature</th><th scope="col" class="number">Rank</th><th scope="col" class="number">Attribution</th>${uncertainHeads}</tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>`;
}

function intervalCell(value: number, half: number, format: (value: number) => string): string {
  const doubt = coversZero(value, half) ? ' (covers 0)' : '';
  return `<td class="number">${escapeXml(`${format(value - half)} … ${format(value + half)}${doubt}`)}</td>`;
}

/** 1 is the largest; equal values keep their order. */
function rankByAbsoluteValue(values: readonly number[]): readonly number[] {
  const ranks = new Array<number>(values.length);
  const order = values.map((_value, index) => index).sort((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0));
  order.forEach((index, rank) => (ranks[index] = rank + 1));
  return ranks;
}
