import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { everyElement, parseXml, type XmlElement } from '../test/parse-xml.js';
import { attack, sliceText } from '../test/slices.js';
import { overlaps, textBoxes } from '../test/text-boxes.js';
import type { AttributionSlice, TextSlice } from './attribution-slice.js';
import { drawAttributionBars } from './bars/draw-attribution-bars.js';
import { themes } from './colour/figure-style.js';
import { drawHighlightedText } from './highlight/draw-highlighted-text.js';
import { renderHighlightedText } from './highlight/render-highlighted-text.js';
import { svgDocument, type Figure } from './svg/figure.js';
import { wrapLabel } from './text/wrap-label.js';

const widths = [340, 720, 896];

/** Names, numbers and words as hostile as they come. */
const anySlice: fc.Arbitrary<TextSlice> = fc
  .record({
    words: fc.array(
      fc.oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
        fc.constantFrom(attack, 'שלום', '影片非常精彩', '👩‍👩‍👧', 'e\u0301'),
      ),
      {
        minLength: 1,
        maxLength: 40,
      },
    ),
    seeds: fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 40, maxLength: 40 }),
    errors: fc.option(fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { minLength: 40, maxLength: 40 })),
    scores: fc.tuple(fc.double({ min: -1e5, max: 1e5, noNaN: true }), fc.double({ min: -1e5, max: 1e5, noNaN: true })),
    label: fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }),
  })
  .map(({ words, seeds, errors, scores, label }) => {
    const spans = words.map((word, index) => {
      const start = words.slice(0, index).join(' ').length + (index > 0 ? 1 : 0);
      return [start, start + word.length] as const;
    });
    const text = words.join(' ');
    return {
      text,
      features: spans.map((span) => ({ text: text.slice(...span), span })),
      target: { class: label, space: 'logit', score: scores[0], baseScore: scores[1], completenessGap: 0 },
      attributions: words.map((_word, index) => seeds[index] ?? 0),
      standardErrors: errors === null ? null : words.map((_word, index) => errors[index] ?? 0),
      unexplained: text.length > 100 ? [[90, 100]] : [],
    };
  });

const drawings: [string, (slice: TextSlice, width: number) => Figure][] = [
  ['highlighted text', drawHighlightedText],
  ['attribution bars', (slice, width) => drawAttributionBars(slice, width)],
];

function draw(figure: Figure): XmlElement {
  return parseXml(svgDocument(figure, 'auto'));
}

describe.each(drawings)('%s', (_name, drawing) => {
  it('is well-formed, loads nothing and runs nothing, whatever the words are', () => {
    fc.assert(
      fc.property(anySlice, fc.constantFrom(...widths), fc.constantFrom(...themes), (slice, width, theme) => {
        const root = parseXml(svgDocument(drawing(slice, width), theme));
        for (const { name, attributes } of everyElement(root)) {
          expect(['svg', 'title', 'desc', 'style', 'rect', 'text', 'g', 'path', 'line']).toContain(name);
          for (const key of Object.keys(attributes)) expect(key).not.toMatch(/^on|href|^id$|^style$/);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps its labels apart and within the picture', () => {
    fc.assert(
      fc.property(anySlice, fc.constantFrom(...widths), (slice, width) => {
        const figure = drawing(slice, width);
        const boxes = textBoxes(draw(figure));
        expect(overlaps(boxes)).toEqual([]);
        for (const box of boxes) {
          expect(box.left).toBeGreaterThanOrEqual(-0.1);
          expect(box.right).toBeLessThanOrEqual(width + 0.1);
          expect(box.bottom).toBeLessThanOrEqual(figure.height);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps a newline that is marked within the picture', () => {
    const words = '<img src=x onerror="alert(1)"> & friends';
    const text = `${words} ${words} ${words}`;
    for (let length = 80; length < text.length; length++) {
      const cut = `${text.slice(0, length)}\n`;
      const spans = [...cut].map((letter, at) => ({ text: letter, span: [at, at + 1] as const }));
      const target = { class: 'a', space: 'logit', score: 0, baseScore: 0, completenessGap: 0 } as const;
      const slice = { text: cut, features: spans, target, attributions: spans.map(() => 1), standardErrors: null, unexplained: [] };
      for (const box of textBoxes(draw(drawing(slice, 720)))) expect(box.right).toBeLessThanOrEqual(720.1);
    }
  });

  it('cuts a label of any length to its lines', () => {
    expect(wrapLabel('x'.repeat(500_000), 100, 12, 3)).toHaveLength(3);
    expect(wrapLabel('word '.repeat(100_000), 100, 12, 2).at(-1)).toMatch(/…$/);
  });

  it('says what it shows to who cannot see it', () => {
    const figure = drawing(
      sliceText('a gripping film', (index) => index + 1),
      720,
    );
    const root = draw(figure);
    expect(root.attributes).toMatchObject({ role: 'img', 'aria-label': 'positive: 1.500' });
    expect(root.children.map((one) => one.name).slice(0, 2)).toEqual(['title', 'desc']);
    expect(root.children[1]?.text).toContain('film +3.00');
  });
});

describe('drawAttributionBars', () => {
  const slice: AttributionSlice = {
    features: [
      { name: 'age', value: 71 },
      { name: 'sex', value: 'Male' },
      { name: 'capital', value: null },
      { name: 'hours', value: 45 },
    ],
    target: { class: '>50K', space: 'probability', score: 0.8, baseScore: 0.2, completenessGap: 0 },
    attributions: [0.4, -0.1, 0.25, 0.05],
    standardErrors: [0.01, 0.02, 0.03, 0.04],
  };
  const bars = (root: XmlElement) =>
    everyElement(root).filter(
      (one) => one.name === 'rect' && /^[pn][s0]$/.test(one.attributes['class'] ?? '') && one.attributes['height'] === '14',
    );

  it('draws bars as long as their numbers, to both sides of one zero, largest first', () => {
    const drawn = bars(draw(drawAttributionBars(slice, 720)));
    const sizes = drawn.map((one) => Number(one.attributes['width']));
    const per = (sizes[0] ?? 0) / 0.4;
    [0.4, 0.25, 0.1, 0.05].forEach((value, index) => expect(sizes[index]).toBeCloseTo(value * per, 1));
    const zero = Number(drawn[0]?.attributes['x']);
    expect(Number(drawn[2]?.attributes['x']) + (sizes[2] ?? 0)).toBeCloseTo(zero, 1);
    expect(drawn.map((one) => one.attributes['class'])).toEqual(['ps', 'ps', 'ns', 'p0']);
  });

  it('gives both sides of zero the same room, whichever side the bars are on', () => {
    const onlyToward = { ...slice, attributions: [0.4, 0.1, 0.25, 0.05] };
    const axis = everyElement(draw(drawAttributionBars(onlyToward, 720)));
    const numbers = axis.filter((one) => one.name === 'text' && one.attributes['text-anchor'] === 'middle');
    const places = new Map(numbers.map((one) => [one.text, Number(one.attributes['x'])]));
    const zero = places.get('0.000') ?? NaN;
    const sides = (sign: string) =>
      [...places].filter(([text]) => text.startsWith(sign)).map(([text, x]): [string, number] => [text.slice(1), Math.abs(x - zero)]);
    expect(sides('+').length).toBeGreaterThan(1);
    const right = new Map(sides('+'));
    expect(
      sides('−')
        .map(([text]) => text)
        .sort(),
    ).toEqual([...right.keys()].sort());
    for (const [text, distance] of sides('−')) expect(distance).toBeCloseTo(right.get(text) ?? NaN, 1);
  });

  it('draws sizes to one side, in their unit, without for and against', () => {
    const sizes = {
      ...slice,
      attributions: [0.4, 0.1, 0.25, 0],
      standardErrors: [0.01, 0.2, 0.03, 0.1],
      target: { ...slice.target, baseScore: null, completenessGap: null },
      measure: { unit: 'lengths', isSigned: false },
    };
    const root = draw(drawAttributionBars(sizes, 720));
    const words = everyElement(root).flatMap((one) => (one.name === 'text' ? [one.text] : []));
    expect(words).toContain('in lengths');
    expect(words).toContain('size');
    expect(words).toContain('0.400 ± 0.020');
    for (const word of words) expect(word).not.toMatch(/against|toward|^[−+]/);
    const drawn = bars(root);
    expect(drawn.every((one) => one.attributes['class'] === 'ps')).toBe(true);
    const zero = Math.min(...drawn.map((one) => Number(one.attributes['x'])));
    for (const line of everyElement(root).filter((one) => one.name === 'line'))
      expect(Number(line.attributes['x1'])).toBeGreaterThanOrEqual(zero - 0.01);
  });

  it('keeps base and score apart where they are the same or lie at an end', () => {
    for (const [baseScore, score] of [
      [0.5, 0.5],
      [0.5, 0.52],
      [0.99, 1],
      [1, 0.99],
      [0, 0.001],
      [-0.2, 1.3],
    ] as const)
      for (const width of widths) {
        const boxes = textBoxes(draw(drawAttributionBars({ ...slice, target: { ...slice.target, baseScore, score } }, width)));
        expect(overlaps(boxes)).toEqual([]);
        for (const box of boxes) expect(box.right).toBeLessThanOrEqual(width);
      }
  });

  it('draws whiskers of 1.96 standard errors and hatches what they carry over zero', () => {
    const root = draw(drawAttributionBars(slice, 720));
    const drawn = bars(root);
    const per = Number(drawn[0]?.attributes['width']) / 0.4;
    const whiskers = everyElement(root)
      .filter((one) => one.name === 'path' && one.attributes['class'] === 'k' && one.attributes['stroke-width'] === '1.4')
      .map(
        (one) =>
          /^M([\d.]+) [\d.]+H([\d.]+)/
            .exec(one.attributes['d'] ?? '')
            ?.slice(1)
            .map(Number) ?? [],
      )
      .slice(1); // the first is the sample of the legend
    expect(whiskers).toHaveLength(4);
    whiskers.forEach(([from = 0, to = 0], index) =>
      expect((to - from) / per / 2).toBeCloseTo(1.959964 * ([0.01, 0.03, 0.02, 0.04][index] ?? 0), 3),
    );
    expect(everyElement(root).filter((one) => one.attributes['class'] === 'ph').length).toBeGreaterThan(1);
  });

  it('states what it leaves out: how many, and their sum', () => {
    const many = { ...slice, features: Array.from({ length: 60 }, (_, index) => ({ name: `column ${index}`, value: index })) };
    const attributions = many.features.map((_feature, index) => (60 - index) / 100);
    const root = draw(drawAttributionBars({ ...many, attributions, standardErrors: null }, 720, 20));
    const texts = everyElement(root).map((one) => one.text);
    expect(texts).toContain('and 40 more, together');
    expect(texts).toContain('+8.200'); // (1 + … + 40) / 100
    expect(bars(root)).toHaveLength(20);
  });
});

describe('drawHighlightedText', () => {
  it('shades evenly: half the attribution, half the shade; zero has none', () => {
    const root = draw(
      drawHighlightedText(
        sliceText('a b c d', (index) => [1, 0.5, -0.25, 0][index] ?? 0),
        720,
      ),
    );
    const boxes = everyElement(root)
      .filter((one) => one.name === 'g')
      .map((one) => one.children.find((child) => child.name === 'rect')?.attributes['class']);
    expect(boxes).toEqual(['p20', 'p10', 'n5', undefined]);
  });

  it('puts a rule above what speaks for the target and below what speaks against it', () => {
    const root = draw(
      drawHighlightedText(
        sliceText('yes no', (index) => 1 - 2 * index),
        720,
      ),
    );
    const [yes, no] = everyElement(root)
      .filter((one) => one.name === 'g')
      .map((one) => one.children.filter((child) => child.name === 'rect').map((rect) => Number(rect.attributes['y'])));
    expect(yes?.[1]).toBe(yes?.[0]);
    expect(no?.[1]).toBeGreaterThan(no?.[0] ?? 0);
  });

  it('hatches what is not distinguishable from zero, and says so in the legend', () => {
    const root = draw(
      drawHighlightedText(
        sliceText(
          'sure unsure',
          () => 1,
          (index) => index,
        ),
        720,
      ),
    );
    expect(everyElement(root).filter((one) => one.name === 'path').length).toBeGreaterThan(0);
    expect(everyElement(root).map((one) => one.text)).toContain('not distinguishable from 0 (95 %)');
    expect(
      svgDocument(
        drawHighlightedText(
          sliceText(
            'sure',
            () => 1,
            () => 0.1,
          ),
          720,
        ),
        'light',
      ),
    ).not.toContain('not distinguishable');
  });

  it('shows every word of a long text, in reading order', () => {
    const text = Array.from({ length: 512 }, (_, index) => `word${index}`).join(' ');
    const boxes = textBoxes(
      draw(
        drawHighlightedText(
          sliceText(text, (index) => index),
          340,
        ),
      ),
    );
    const words = boxes.filter((box) => box.text.startsWith('word'));
    expect(words.map((box) => box.text).join(' ')).toBe(text);
  });

  it('greys what the model did not see', () => {
    const slice = { ...sliceText('seen', () => 1), text: 'seen unseen', unexplained: [[4, 11] as const] };
    const text = everyElement(draw(drawHighlightedText(slice, 720))).find((one) => one.text === 'unseen');
    expect(text?.attributes['class']).toBe('q');
  });
});

describe('renderHighlightedText', () => {
  it('holds the text, character by character', () => {
    fc.assert(
      fc.property(anySlice, (slice) => {
        const root = parseXml(renderHighlightedText({ ...slice, unexplained: [] }));
        const words = everyElement(root).find((one) => one.attributes['class'] === 'words');
        const count = everyElement(words ?? root).filter((one) => one.name === 'mark').length;
        expect(count).toBe(slice.features.length);
      }),
      { numRuns: 50 },
    );
    const html = renderHighlightedText(sliceText(attack, () => 1));
    expect(html.replace(/<ul.*<\/ul>/s, '').replace(/<[^>]+>/g, '')).toBe(
      '&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;friends&#39;',
    );
  });

  it('has the shades of the picture', () => {
    expect(renderHighlightedText(sliceText('a b', (index) => [1, -0.5][index] ?? 0))).toMatch(/class="p20 above".*class="n10 below"/);
  });
});
