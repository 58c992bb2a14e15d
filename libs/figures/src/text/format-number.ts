import { format } from 'd3-format';

/** A signed number with as many decimals as its companions. */
export type NumberFormat = (value: number) => string;

/** Beside the largest number, smaller ones are what float32 leaves over. */
const roundingShare = 1e-6;

/**
 * One format for numbers that stand in a column: three digits of the largest are shown, or powers of ten where that would be
 * too long. One that would be read as 0 has a digit nevertheless, unless it is as small as rounding beside the largest.
 *
 * @param largest absolute value of the largest
 */
export function columnFormat(largest: number, sign: '+' | '-'): NumberFormat {
  if (!Number.isFinite(largest) || largest === 0) return withPlainZero(format(`${sign}.3f`));
  const magnitude = Math.floor(Math.log10(largest));
  if (magnitude < -6 || magnitude > 6) return withPlainZero(format(`${sign}.2e`));
  const [plain, precise] = [format(`${sign},.${Math.max(2 - magnitude, 0)}f`), format(`${sign}.1r`)];
  return withPlainZero((value) => {
    const isHidden = value !== 0 && Math.abs(value) >= roundingShare * largest && !/[1-9]/.test(plain(value));
    return isHidden ? precise(value) : plain(value);
  });
}

/** A score as people read it: percent for a probability, else four digits. */
export function formatScore(score: number, space: string): string {
  if (space === 'probability') return `${formatPercent(score)}\u00a0%`;
  return columnFormat(Math.abs(score) * 0.1, '-')(score);
}

/** More decimals close to the ends, so that 99.97 is not shown as 100. */
function formatPercent(probability: number): string {
  const percent = probability * 100;
  const edge = Math.min(percent, 100 - percent);
  if (!(edge > 0)) return format('.1f')(percent);
  const decimals = Math.min(Math.max(Math.ceil(-Math.log10(edge)) + (edge < 1 ? 1 : 0), 1), 8);
  return format(`.${decimals}f`)(percent);
}

function withPlainZero(write: NumberFormat): NumberFormat {
  return (value) => (value === 0 ? write(0).replace('+', '') : write(value));
}
