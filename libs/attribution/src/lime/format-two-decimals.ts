/**
 * A finite number with two decimals, as C and Python print `%.2f`: exact ties go to the even digit
 * (`toFixed` takes them upwards), no exponent, a negative zero keeps its sign.
 */
export function formatTwoDecimals(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (size >= 1e21) return `${sign}${BigInt(size)}.00`;
  // Only an odd number of eighths lies half-way between two hundredths and is a double.
  const eighths = size * 8;
  if (eighths % 2 === 1) {
    const hundredths = (eighths * 25 - 1) / 2;
    return sign + ((hundredths % 2 === 0 ? hundredths : hundredths + 1) / 100).toFixed(2);
  }
  return sign + size.toFixed(2);
}
