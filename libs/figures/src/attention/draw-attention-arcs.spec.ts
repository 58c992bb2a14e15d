import { describe, expect, it } from '@jest/globals';
import { causal, draw, makeSlice, scatter, textsOf, wordsOf } from '../../test/attention.js';
import { everyElement, type XmlElement } from '../../test/parse-xml.js';
import { textBoxes } from '../../test/text-boxes.js';
import { drawAttentionArcs } from './draw-attention-arcs.js';

describe('drawAttentionArcs', () => {
  it.each([
    [8, 8, causal],
    [5, 9, scatter],
    [40, 40, causal],
    [128, 128, causal],
    [1, 512, scatter],
    [30, 30, () => 1],
  ])('draws the links of %s × %s from their query to their key, and says what it leaves out', (rows, columns, weigh) => {
    const slice = makeSlice(rows, columns, (row, column) => weigh(row, column) + (row === column ? 1e-3 : 0));
    const root = draw(drawAttentionArcs(slice, 896));
    const places = new Map(textBoxes(root).map((box) => [box.text, (box.top + box.bottom) / 2]));
    const links = readLinks(root);
    const drawn = new Set<string>();
    for (const { tip, from, to } of links) {
      const [, query = '', , key = ''] = /^“(\w+)” \((\d+)\) looks at “(\w+)”/.exec(tip) ?? [];
      drawn.add(`${query} ${key}`);
      expect(Math.abs(from - (places.get(query) ?? NaN))).toBeLessThan(2);
      expect(Math.abs(to - (places.get(key) ?? NaN))).toBeLessThan(2);
    }
    expect(drawn.size).toBe(links.length);
    // What the rule that the picture tells leaves out, counted by going through all weights.
    const words = wordsOf(root);
    const [, least = '', most] = /left out: below ([\d.]+)(?:, or not of a query’s (\d+) strongest)?/.exec(words) ?? [];
    let [count, mass] = [0, 0];
    const expected = new Set<string>();
    for (let row = 0; row < rows; row++) {
      const weights = Array.from(slice.values).slice(row * columns, (row + 1) * columns);
      weights.forEach((weight, column) => {
        const stronger = weights.filter((other, at) => other > weight || (other === weight && at < column)).length;
        if (weight >= Number(least) && (most === undefined || stronger < Number(most))) expected.add(`q${row} k${column}`);
        else if (weight > 0) [count, mass] = [count + 1, mass + weight];
      });
    }
    expect(drawn).toEqual(expected);
    expect(words).toContain(`that is ${count.toLocaleString('en')} links, ${((mass / rows) * 100).toFixed(1)}\u00a0% of the weight`);
    expect(root.children[1]?.text).toContain(`that is ${count.toLocaleString('en')} links`);
  });

  it('draws stronger links wider, no paler, and over the weaker', () => {
    const links = readLinks(draw(drawAttentionArcs(makeSlice(8, 8, causal), 720)));
    expect(links.length).toBeGreaterThan(20);
    links.slice(1).forEach((link, index) => {
      const weaker = links[index];
      expect(link.weight).toBeGreaterThanOrEqual(weaker?.weight ?? 0);
      expect(link.width).toBeGreaterThanOrEqual(weaker?.width ?? 0);
      expect(link.shade).toBeGreaterThanOrEqual(weaker?.shade ?? 0);
    });
    // The first token looks at itself alone: a weight of 1 is the full width of 7.
    for (const { weight, width, shade } of links) {
      expect(width).toBeCloseTo(Math.max(weight * 7, 0.6), 1);
      expect(shade).toBe(Math.ceil(weight * 5));
    }
  });

  it('does not draw evenly spread attention as strong', () => {
    const links = readLinks(
      draw(
        drawAttentionArcs(
          makeSlice(128, 128, (row, column) => (row === column ? 4 : 1)),
          896,
        ),
      ),
    );
    expect(links).toHaveLength(128);
    for (const { width, shade } of links) expect([width < 1, shade]).toEqual([true, 1]);
  });

  it('says that nothing is left out where all is drawn, and counts no weight of 0', () => {
    const root = draw(drawAttentionArcs({ ...makeSlice(2, 2, () => 1), values: [1, 0, 0.5, 0.5] }, 720));
    expect(wordsOf(root)).toContain('every link above 0 is drawn');
    expect(readLinks(root)).toHaveLength(3);
  });

  it('lists every token up to 128, and greys those without a link', () => {
    const slice = makeSlice(128, 128, (row, column) => (row < 64 ? (row === column ? 1 : 0) : 1));
    const texts = textsOf(draw(drawAttentionArcs(slice, 896))).filter((one) => /^[qk]\d+$/.test(one.text));
    expect(texts.map((one) => one.text)).toEqual([...slice.queries, ...slice.keys]);
    texts.forEach((one) => expect(one.attributes['class']).toBe(Number(one.text.slice(1)) < 64 ? 't' : 'q'));
    expect(wordsOf(draw(drawAttentionArcs(slice, 896)))).toContain('grey: no link is drawn');
  });

  it('counts the tokens that it does not list', () => {
    const root = draw(
      drawAttentionArcs(
        makeSlice(1, 512, (_row, column) => (column % 100 === 7 ? 50 : 0.1)),
        896,
      ),
    );
    expect(
      textsOf(root)
        .filter((one) => /^k\d+$/.test(one.text))
        .map((one) => one.text),
    ).toEqual(['k7', 'k107', 'k207', 'k307', 'k407', 'k507']);
    expect(wordsOf(root)).toContain('not listed: 506 tokens without a link');
  });
});

function readLinks(root: XmlElement) {
  return everyElement(root)
    .filter((one) => one.name === 'path' && (one.attributes['d'] ?? '').includes('C'))
    .map(({ attributes, children }) => {
      const [, from, to] = /^M\S+ (\S+)C.* (\S+)$/.exec(attributes['d'] ?? '') ?? [];
      const tip = children[0]?.text ?? '';
      return {
        tip,
        ...{ from: Number(from), to: Number(to), weight: Number(/: (\S+)$/.exec(tip)?.[1]) },
        ...{ width: Number(attributes['stroke-width']), shade: Number(attributes['class']?.slice(1)) },
      };
    });
}
