import { describe, expect, it } from '@jest/globals';
import { causal, draw, makeSlice, name, scatter, textsOf, turnedBoxes, wordsOf } from '../../test/attention.js';
import { everyElement, type XmlElement } from '../../test/parse-xml.js';
import type { Box } from '../../test/text-boxes.js';
import { drawAttentionMatrix } from './draw-attention-matrix.js';

describe('drawAttentionMatrix', () => {
  it.each([
    [1, 12, causal],
    [8, 8, causal],
    [5, 9, scatter],
    [30, 30, causal],
    [128, 128, causal],
    [128, 128, scatter],
  ])('draws every weight of %s × %s at its place, in the step it falls in, and nothing where it is 0', (rows, columns, weigh) => {
    const slice = makeSlice(
      rows,
      columns,
      (row, column) => weigh(row + (rows === 1 ? 9 : 0), column) + (row === 0 && column === 0 ? 1 : 0),
    );
    const root = draw(drawAttentionMatrix(slice, 896));
    const largest = Math.max(...Array.from(slice.values));
    const shadeAt = readShades(root, rows, columns);
    Array.from(slice.values).forEach((weight, index) => {
      const shade = shadeAt(Math.floor(index / columns), index % columns);
      if (weight === 0) expect(shade).toBe(0);
      // Step k goes from (k - 1) / 20 of the largest to k / 20 of it.
      else expect(Math.abs((shade - 0.5) / 20 - weight / largest)).toBeLessThanOrEqual(0.5 / 20 + 1e-9);
    });
  });

  it('tells the scale: from 0 to the largest, how wide a step is, and that blank is 0 where something is blank', () => {
    const root = draw(drawAttentionMatrix({ ...makeSlice(2, 2, () => 1), values: [0, 1, 0.2, 0.8] }, 720));
    expect(wordsOf(root)).toMatch(/ 0 1\.00 20 even steps of 0\.0500 blank: 0 /);
    const scale = everyElement(root).filter((one) => one.attributes['width'] === '6' && one.name === 'rect');
    expect(scale.map((one) => one.attributes['class'])).toEqual(name('a', 21).slice(1));
    expect(
      wordsOf(
        draw(
          drawAttentionMatrix(
            makeSlice(2, 2, () => 1),
            720,
          ),
        ),
      ),
    ).not.toContain('blank');
  });

  it('names every token up to 128, beside its row and over its column', () => {
    for (const count of [8, 128]) {
      const root = draw(drawAttentionMatrix(makeSlice(count, count, causal), 896));
      const boxes = turnedBoxes(root);
      const frame = everyElement(root).find((one) => one.attributes['class'] === 'l')?.attributes ?? {};
      const check = (letter: string, [start, size]: [string, string], middle: (box: Box) => number) => {
        const step = (Number(frame[size]) - 1) / count;
        name(letter, count).forEach((text, index) => {
          const found = boxes.filter((box) => box.text === text).map(middle);
          expect(found).toHaveLength(1);
          expect(Math.abs((found[0] ?? NaN) - (Number(frame[start]) + 0.5 + (index + 0.5) * step))).toBeLessThan(2);
        });
      };
      check('q', ['y', 'height'], (box) => (box.top + box.bottom) / 2);
      check('k', ['x', 'width'], (box) => (box.left + box.right) / 2);
    }
  });

  it('says so where it names only some', () => {
    const root = draw(drawAttentionMatrix(makeSlice(20, 300, scatter), 896));
    const named = textsOf(root).filter((one) => /^k\d+$/.test(one.text));
    const every = Number(/one key in (\d+) is named/.exec(wordsOf(root))?.[1]);
    expect(named.map((one) => one.text)).toEqual(name('k', 300).filter((_key, index) => index % every === 0));
    expect(wordsOf(draw(drawAttentionMatrix(makeSlice(128, 128, scatter), 896)))).not.toContain('is named');
  });

  it('writes the numbers of few columns, and never a small one as 0', () => {
    const root = draw(drawAttentionMatrix({ ...makeSlice(1, 4, () => 1), values: [0, 0.004, 0.246, 0.75] }, 720));
    const cells = everyElement(root).filter((one) => one.name === 'g');
    expect(cells.map((one) => one.children.at(-1)?.text)).toEqual(['0', '<0.01', '0.25', '0.75']);
    expect(cells.map((one) => one.children[0]?.text)).toContain('“q0” (1) looks at “k1” (2): 0.004000');
    const wide = everyElement(
      draw(
        drawAttentionMatrix(
          makeSlice(4, 13, () => 1),
          720,
        ),
      ),
    ).filter((one) => one.name === 'g');
    expect(wide.map((one) => one.children.map((child) => child.name))).toEqual(wide.map(() => ['title', 'rect']));
  });

  it('draws a long row as text, every token once, in its order and its shade', () => {
    const slice = makeSlice(1, 512, (_row, column) => column % 40);
    for (const width of [340, 896]) {
      const figure = drawAttentionMatrix(slice, width);
      expect(figure.width).toBe(width);
      const cells = everyElement(draw(figure)).filter((one) => one.name === 'g');
      expect(cells.map((one) => one.children.at(-1)?.text)).toEqual(slice.keys);
      const ends = cells.map((one) => Number(one.children[1]?.attributes['x']) + Number(one.children[1]?.attributes['width']));
      expect(Math.max(...ends)).toBeLessThanOrEqual(width - 16);
      expect(cells.map((one) => one.children[1]?.attributes['class'])).toEqual(
        slice.keys.map((_key, index) => (index % 40 === 0 ? 'bg' : `a${Math.ceil(((index % 40) / 39) * 20 - 1e-9)}`)),
      );
    }
  });

  it('lets a text that is read from the right begin there', () => {
    const places = (keys: readonly string[]) => {
      const cells = everyElement(draw(drawAttentionMatrix({ ...makeSlice(1, keys.length, () => 1), keys }, 896))).filter(
        (one) => one.name === 'g',
      );
      return cells.map((one) => Number(one.children[1]?.attributes['x'])).slice(0, 3);
    };
    const right = places(name('', 20).map((_key, index) => (index % 9 === 0 ? '[SEP]' : 'قلبه')));
    const left = places(name('', 20).map((_key, index) => (index % 9 === 0 ? 'قلبه' : 'heart')));
    expect(right).toEqual(right.toSorted((a, b) => b - a));
    expect(left).toEqual(left.toSorted((a, b) => a - b));
    expect(new Set([...right, ...left]).size).toBeGreaterThan(4);
  });
});

/** The shade of the cell in whose middle a point lies, read from the frame and the boxes and paths within it. */
function readShades(root: XmlElement, rows: number, columns: number): (row: number, column: number) => number {
  const all = everyElement(root);
  const frame = all.find((one) => one.name === 'rect' && one.attributes['class'] === 'l');
  const number = (one: XmlElement | undefined, key: string) => Number(one?.attributes[key]);
  const [left, top] = [number(frame, 'x') + 0.5, number(frame, 'y') + 0.5];
  const [wide, high] = [(number(frame, 'width') - 1) / columns, (number(frame, 'height') - 1) / rows];
  const shades = new Uint8Array(rows * columns);
  const fill = (name: string | undefined, x: number, y: number, width: number, height: number) => {
    if (!/^a\d+$/.test(name ?? '') || y < top) return;
    const row = (y - top) / high;
    expect(row).toBeCloseTo(Math.round(row), 6);
    expect(Math.abs(height - high)).toBeLessThanOrEqual(1);
    const from = Math.round((x - left) / wide);
    const gap = left + Math.round((x - left + width) / wide) * wide - (x + width);
    expect([gap >= -1e-6, gap <= 1 + 1e-6]).toEqual([true, true]);
    for (let column = from; column < Math.round((x - left + width) / wide); column++) {
      expect(shades[row * columns + column]).toBe(0);
      shades[row * columns + column] = Number(name?.slice(1));
    }
  };
  for (const one of all) {
    if (one.name === 'rect') fill(one.attributes['class'], number(one, 'x'), number(one, 'y'), number(one, 'width'), number(one, 'height'));
    for (const [, x, y, width, height] of (one.attributes['d'] ?? '').matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-\3z/g))
      fill(one.attributes['class'], Number(x), Number(y), Number(width), Number(height));
  }
  return (row, column) => shades[row * columns + column] ?? NaN;
}
