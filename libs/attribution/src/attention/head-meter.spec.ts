import { describe, expect, it } from '@jest/globals';
import { HeadMeter, type HeadSummary } from './head-meter.js';

const size = 8;
const everywhere = Array.from({ length: size }, (_, position) => position);

interface Measured {
  readonly separators?: readonly number[];
  readonly causal?: boolean;
  readonly positions?: readonly (number | null)[];
}

/** A head whose every query gives each key the share that a rule says, normalised. */
function measure(
  rule: (query: number, key: number) => number,
  { separators = [], causal = false, positions = everywhere }: Measured = {},
): HeadSummary {
  const meter = new HeadMeter(separators, causal);
  positions.forEach((position, query) => {
    const row = everywhere.map((key) => rule(position ?? query, key));
    const sum = row.reduce((total, value) => total + value, 0);
    meter.add(
      Float64Array.from(row, (value) => value / sum),
      position,
    );
  });
  return meter.summarise();
}
const mean = (of: (position: number) => number) => everywhere.reduce((sum, position) => sum + of(position), 0) / size;

describe('HeadMeter', () => {
  it('has the closed forms of a head that looks at all alike', () => {
    const summary = measure(() => 1, { separators: [3] });
    expect(summary.entropy).toBeCloseTo(Math.log(size), 12);
    expect(summary.first).toBeCloseTo(1 / size, 12);
    expect(summary.separator).toBeCloseTo(1 / size, 12);
    // The mean of |i - j| over a square of n is (n² - 1) / 3n.
    expect(summary.meanDistance).toBeCloseTo((size ** 2 - 1) / (3 * size), 12);
    expect(summary.pattern).toBe('broad');
  });

  it('has the closed forms of a causal head that looks at all it sees alike', () => {
    const summary = measure((query, key) => (key <= query ? 1 : 0), { causal: true });
    const expected = [mean((at) => Math.log(at + 1)), mean((at) => at / 2), mean((at) => 1 / (at + 1))];
    [summary.entropy, summary.meanDistance, summary.self].forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? NaN, 12));
  });

  it.each([
    ['previous', (query: number, key: number) => (key === Math.max(0, query - 1) ? 1 : 0)],
    ['self', (query: number, key: number) => (key === query ? 1 : 0)],
    ['first', (_: number, key: number) => (key === 0 ? 1 : 0)],
    ['local', (query: number, key: number) => (Math.abs(query - key) <= 2 ? 1 : 0)],
    ['broad', () => 1],
    ['mixed', (_: number, key: number) => (key === 4 || key === 7 ? 1 : 0)],
  ])('calls a head by what it does: %s', (pattern, rule) => {
    expect(measure(rule).pattern).toBe(pattern);
  });

  it('leaves the first token out of the share of the previous one', () => {
    expect(measure((query, key) => (query === 0 ? Number(key === 0) : Number(key === query - 1)))).toMatchObject({
      previous: 1,
      entropy: 0,
    });
  });

  it('counts every separator, and says nothing where there is none', () => {
    const rule = (_: number, key: number) => (key === 3 || key === 7 ? 1 : 0);
    expect(measure(rule, { separators: [3, 7] })).toMatchObject({ separator: 1, pattern: 'separator' });
    expect(measure(rule).separator).toBeNull();
  });

  it('knows no distance between two texts', () => {
    const summary = measure(() => 1, { positions: everywhere.map(() => null) });
    expect(summary).toMatchObject({ meanDistance: null, previous: null, self: null, pattern: 'broad' });
  });

  it('reads chosen queries at their own positions', () => {
    const summary = measure((_, key) => Number(key === 5), { positions: [6], causal: true });
    expect(summary).toMatchObject({ previous: 1, meanDistance: 1, pattern: 'previous' });
  });

  it('refuses a head without queries', () => {
    expect(() => new HeadMeter([], false).summarise()).toThrow(RangeError);
  });
});
