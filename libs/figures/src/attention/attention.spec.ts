import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everyElement, parseXml } from '../../test/parse-xml.js';
import { draw, makeSlice, scatter, textsOf, turnedBoxes, wordsOf } from '../../test/attention.js';
import { attack } from '../../test/slices.js';
import { overlaps } from '../../test/text-boxes.js';
import { themes } from '../colour/figure-style.js';
import { svgDocument, type Figure } from '../svg/figure.js';
import type { AttentionSlice } from './attention-slice.js';
import { drawAttentionArcs } from './draw-attention-arcs.js';
import { drawAttentionMatrix } from './draw-attention-matrix.js';

const drawings: [string, (slice: AttentionSlice, width: number) => Figure][] = [
  ['drawAttentionMatrix', drawAttentionMatrix],
  ['drawAttentionArcs', drawAttentionArcs],
];
const hostile = [
  attack,
  'قلبه',
  '影片非常精彩影片非常精彩',
  '👩‍👩‍👧',
  'e\u0301',
  '\u0301',
  '\u200b',
  '\n',
  '\r\n',
  ' ',
  '',
  '\t',
  '##ing',
  '▁play',
  'x'.repeat(500),
];
const token = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(...hostile));

const anySlice: fc.Arbitrary<AttentionSlice> = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 50 }))
  .chain(([rows, columns]) =>
    fc.record({
      title: fc.string({ unit: 'binary', maxLength: 60 }),
      queries: fc.array(token, { minLength: rows, maxLength: rows }),
      keys: fc.array(token, { minLength: columns, maxLength: columns }),
      values: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: rows * columns,
        maxLength: rows * columns,
      }),
      maxAbsError: fc.constantFrom(0, 0.00195),
    }),
  );

describe.each(drawings)('%s', (_name, drawing) => {
  it('is well-formed, loads nothing and runs nothing, whatever the tokens are', () => {
    fc.assert(
      fc.property(anySlice, fc.constantFrom(340, 720, 896), fc.constantFrom(...themes), (slice, width, theme) => {
        const all = everyElement(parseXml(svgDocument(drawing(slice, width), theme)));
        const names = new Set(all.map((one) => one.name));
        const keys = new Set(all.flatMap((one) => Object.keys(one.attributes)));
        expect([...names].filter((name) => !['svg', 'title', 'desc', 'style', 'rect', 'text', 'g', 'path'].includes(name))).toEqual([]);
        expect([...keys].filter((key) => /^on|href|^id$|^style$/.test(key))).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps its words apart and within the picture', () => {
    fc.assert(
      fc.property(anySlice, fc.constantFrom(340, 720, 896), (slice, width) => {
        const figure = drawing(slice, width);
        const boxes = turnedBoxes(draw(figure));
        expect(overlaps(boxes)).toEqual([]);
        for (const box of boxes) {
          expect(box.left).toBeGreaterThanOrEqual(-0.1);
          expect(box.right).toBeLessThanOrEqual(figure.width + 0.1);
          expect(box.top).toBeGreaterThanOrEqual(-0.1);
          expect(box.bottom).toBeLessThanOrEqual(figure.height);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [1, 1],
    [8, 8],
    [5, 9],
    [128, 128],
    [1, 512],
    [3, 300],
    [300, 3],
  ])('keeps %s queries × %s keys within 700 kB, their words apart and large enough to read', (rows, columns) => {
    const figure = drawing(
      makeSlice(rows, columns, (row, column) => 1 + scatter(row, column)),
      896,
    );
    const svg = svgDocument(figure, 'auto');
    expect(svg.length).toBeLessThan(700_000);
    const root = parseXml(svg);
    expect(overlaps(turnedBoxes(root))).toEqual([]);
    for (const text of textsOf(root)) expect(Number(text.attributes['font-size'])).toBeGreaterThanOrEqual(8);
  });

  it('names both axes, and tells in words the title, the sizes and the strongest weight', () => {
    const root = draw(drawing({ ...makeSlice(2, 3, () => 1), values: [0, 0.25, 0.75, 0.5, 0.25, 0.25] }, 720));
    expect(wordsOf(root)).toContain('query: the token that looks');
    expect(wordsOf(root)).toContain('key: what it looks at');
    expect(root.attributes).toMatchObject({ role: 'img', 'aria-label': 'Layer 3, head 5' });
    expect(root.children.map((one) => one.name).slice(0, 2)).toEqual(['title', 'desc']);
    expect(root.children[1]?.text).toMatch(/\b2 tokens that look.* 3 (tokens )?they look at/);
    expect(root.children[1]?.text).toContain('Strongest: “q0” (1) looks at “k2” (3): 0.7500; “q1” (2) looks at “k0” (1): 0.5000');
  });

  it('names rows by the tokens that were chosen, where they are', () => {
    const slice = { ...makeSlice(2, 3, () => 1), isChosen: true, values: [0, 0.25, 0.75, 0.5, 0.25, 0.25] };
    const root = draw(drawing(slice, 720));
    expect(wordsOf(root)).toContain('row: the token that was chosen');
    expect(wordsOf(root)).not.toContain('the token that looks');
    expect(root.children[1]?.text).toMatch(/\b2 tokens that were chosen.* 3 (tokens )?they look at/);
    expect(root.children[1]?.text).toContain('Strongest: choosing “q0” (1) it looks at “k2” (3): 0.7500');
  });

  it('shows tokens that have nothing to see, and cuts long ones', () => {
    const queries = ['\n', ' ', '', '\t', '\u200b', 'unbelievable'.repeat(9), '▁play', '##ing', 'قلبه'.repeat(30)];
    const slice = { ...makeSlice(9, 9, () => 1), queries };
    const shown = textsOf(draw(drawing(slice, 720))).map((one) => one.text);
    for (const text of ['⏎', '␣', '(empty)', '⇥', 'U+200B', '▁play', '##ing']) expect(shown).toContain(text);
    expect(shown.some((text) => /^unbelievable.*…$/.test(text))).toBe(true);
    // The dots stand where the reading ends: at the left.
    expect(shown.some((text) => /^قلبه.*…\u200f$/.test(text))).toBe(true);
  });

  it('says how far the stored numbers are off, where they are', () => {
    const slice = makeSlice(3, 3, () => 1);
    expect(wordsOf(draw(drawing({ ...slice, maxAbsError: 0.00195 }, 720)))).toContain('stored to within ± 0.0019');
    expect(wordsOf(draw(drawing(slice, 720)))).not.toContain('stored');
  });

  it('refuses what it cannot draw', () => {
    const slice = makeSlice(2, 3, () => 1);
    const broken: Partial<AttentionSlice>[] = [
      { queries: [], values: [] },
      { keys: [], values: [] },
      { values: [1, 0, 0, 1, 0] },
      { values: [1, 0, 0, 1, 0, 0, 0] },
      ...[NaN, Infinity, -0.1].map((weight) => ({ values: [1, 0, 0, 1, weight, 0] })),
      { maxAbsError: NaN },
    ];
    for (const change of broken) expect(() => drawing({ ...slice, ...change }, 720)).toThrow(RangeError);
    expect(() => drawing({ ...slice, values: [1, 0, 0, 1, NaN, 0] }, 720)).toThrow('weight NaN of query 1 to key 1');
  });
});
