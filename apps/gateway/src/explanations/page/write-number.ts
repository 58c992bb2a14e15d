import { escapeXml, type NumberFormat } from '#figures';

/** A number: rounded to be read, whole in `value` and in its tooltip. */
export function writeNumber(value: number, format: NumberFormat): string {
  const whole = escapeXml(String(value));
  return `<data value="${whole}" title="${whole}">${escapeXml(format(value))}</data>`;
}
