import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everyElement, parseXml, type XmlElement } from '../../test/parse-xml.js';
import { overlaps, textBoxes } from '../../test/text-boxes.js';
import { svgDocument, type Figure } from '../svg/figure.js';
import { drawBeeswarm } from './draw-beeswarm.js';
import { drawImportance } from './draw-importance.js';
import { drawWordImportance } from './draw-word-importance.js';
import type { ImportanceSlice } from './importance-slice.js';
import { spreadPoints } from './spread-points.js';

const number = fc.double({ min: -30, max: 30, noNaN: true });

const anySlice: fc.Arbitrary<ImportanceSlice> = fc.integer({ min: 1, max: 60 }).chain((count) =>
  fc.record({
    title: fc.string({ unit: 'binary', maxLength: 60 }),
    unit: fc.constant('log-odds'),
    confidence: fc.constant(0.95),
    columns: fc.array(
      fc.record({
        name: fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        meanAbs: fc
          .tuple(fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
          .map(([value, half, has]) => ({ value, interval: has ? ([Math.max(value - half, 0), value + half] as const) : null })),
      }),
      { minLength: count, maxLength: count },
    ),
    sample: fc.array(
      fc.record({
        values: fc.array(fc.oneof(number, fc.constantFrom('a', '<b>', null)), { minLength: count, maxLength: count }),
        attributions: fc.array(number, { minLength: count, maxLength: count }),
      }),
      { maxLength: 12 },
    ),
  }),
);

const drawings: [string, (slice: ImportanceSlice, width: number) => Figure][] = [
  ['drawImportance', (slice, width) => drawImportance(slice, width)],
  ['drawBeeswarm', (slice, width) => drawBeeswarm(slice, width)],
  [
    'drawWordImportance',
    (slice, width) =>
      drawWordImportance(
        {
          ...slice,
          words: slice.columns.map(({ name, meanAbs }) => ({
            word: name,
            occurrences: 3,
            mean: meanAbs.value,
            interval: meanAbs.interval,
          })),
        },
        width,
      ),
  ],
];

const draw = (figure: Figure): XmlElement => parseXml(svgDocument(figure, 'auto'));

describe.each(drawings)('%s', (_name, drawing) => {
  it('is well-formed, with its labels apart and within the picture', () => {
    fc.assert(
      fc.property(anySlice, fc.constantFrom(360, 720, 896), (slice, width) => {
        const figure = drawing(slice, width);
        const boxes = textBoxes(draw(figure));
        expect(overlaps(boxes)).toEqual([]);
        for (const box of boxes) {
          expect(box.left).toBeGreaterThanOrEqual(-0.1);
          expect(box.right).toBeLessThanOrEqual(width + 0.1);
          expect(box.bottom).toBeLessThanOrEqual(figure.height);
        }
      }),
      { numRuns: 40 },
    );
  });
});

const slice: ImportanceSlice = {
  title: 'What moves bad',
  unit: 'log-odds',
  confidence: 0.9,
  columns: [
    { name: 'age', meanAbs: { value: 0.2, interval: [0.15, 0.3] } },
    { name: 'amount', meanAbs: { value: 0.8, interval: [0.7, 0.85] } },
    { name: 'purpose', meanAbs: { value: 0.4, interval: null } },
  ],
  sample: [
    { values: [20, 1, 'car'], attributions: [-1, 0.5, 0.25] },
    { values: [60, 9, 'car'], attributions: [1, -0.5, 0.25] },
  ],
};

describe('drawImportance', () => {
  it('draws the most important first, as long as its number, with its interval where it lies', () => {
    const all = everyElement(draw(drawImportance(slice, 720)));
    const bars = all.filter((one) => one.attributes['class'] === 'as' && one.attributes['height'] === '14').map((one) => one.attributes);
    const per = Number(bars[0]?.['width']) / 0.8;
    [0.8, 0.4, 0.2].forEach((value, index) => expect(Number(bars[index]?.['width'])).toBeCloseTo(value * per, 1));
    const whiskers = all
      .filter((one) => one.attributes['stroke-width'] === '1.4')
      .map((one) =>
        /^M([\d.]+) [\d.]+H([\d.]+)/
          .exec(one.attributes['d'] ?? '')
          ?.slice(1)
          .map((x) => (Number(x) - Number(bars[0]?.['x'])) / per),
      )
      .slice(1); // the first is the sample of the legend
    expect(whiskers).toHaveLength(2);
    [0.7, 0.85, 0.15, 0.3].forEach((value, index) => expect(whiskers.flat()[index]).toBeCloseTo(value, 3));
    expect(all.map((one) => one.text)).toContain('90 % interval, also in brackets');
  });
});

describe('drawBeeswarm', () => {
  it('draws every row of the sample once in each column, dark for high values and grey for categories', () => {
    const root = draw(drawBeeswarm(slice, 720));
    const swarms = everyElement(root).filter((one) => one.name === 'path' && (one.attributes['d'] ?? '').includes('h0'));
    const dots = swarms.map((one) => [one.attributes['class'], one.attributes['d']?.match(/M/g)?.length]);
    const [, , , , , , ...drawn] = dots; // five steps and a category in the legend
    expect(drawn).toEqual([
      ['v1', 1],
      ['v5', 1],
      ['v0', 2],
      ['v1', 1],
      ['v5', 1],
    ]);
  });
});

describe('spreadPoints', () => {
  it('leaves every point where it was, sideways, and puts no two of a heap on each other', () => {
    const xs = [10, 10, 10, 10, 10, 50];
    const points = spreadPoints(xs, { middle: 100, size: 4, room: 40 });
    expect(points.map(([x]) => x)).toEqual(xs);
    expect(new Set(points.slice(0, 5).map(([, y]) => y)).size).toBe(5);
    for (const [, y] of points) expect(Math.abs(y - 100)).toBeLessThanOrEqual(20);
  });
});
