import { escapeXml, type NumberFormat } from '#figures';

/** A number in a table: rounded to be read, whole in `value` and in its tooltip. */
export function numberCell(value: number, format: NumberFormat): string {
  return `<td class="number">${writeNumber(value, format)}</td>`;
}

/** As in a cell, within a sentence. */
export function writeNumber(value: number, format: NumberFormat): string {
  const whole = escapeXml(String(value));
  return `<data value="${whole}" title="${whole}">${escapeXml(format(value))}</data>`;
}
