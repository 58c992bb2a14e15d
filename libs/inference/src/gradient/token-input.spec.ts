import { afterAll, describe, expect, it } from '@jest/globals';
import type { ScoredTarget } from '#attribution';
import { LanguageModel, TextModel, type DifferentiableInput, type GradientTarget } from '#explainers';
import type { OnnxNode } from '#testing';
import { GradientBench, lookup, sentenceModel } from '../../test/gradient-bench.js';

const bench = new GradientBench();
afterAll(() => bench.close());
const bundled = (name: string) => new URL(`../../../../models/${name}`, import.meta.url).pathname;

async function openText(folder: string): Promise<TextModel> {
  const model = await bench.open(folder);
  if (!(model instanceof TextModel)) throw new Error('a text model');
  return model;
}

/** The slope along the gradient itself, by a small step each way, against its length. */
async function expectSlope(input: DifferentiableInput, target: GradientTarget, step: number, tolerance: number): Promise<void> {
  const { gradients } = await input.evaluate([input.values], target);
  const gradient = gradients[0] ?? new Float32Array(0);
  const length = Math.hypot(...gradient);
  expect(length).toBeGreaterThan(0);
  const move = (by: number) => input.values.map((value, at) => value + (by * (gradient[at] ?? NaN)) / length);
  const { scores } = await input.evaluate([move(step), move(-step)], target);
  const slope = ((scores[0] ?? NaN) - (scores[1] ?? NaN)) / (2 * step);
  expect([target, Math.abs(slope / length - 1) < tolerance, slope, length]).toEqual([target, true, slope, length]);
}

async function expectTogether(input: DifferentiableInput, target: GradientTarget): Promise<void> {
  const points = [0, 0.5, 1, 1.5].map((share) => input.values.map((value) => value * share));
  const together = await input.evaluate(points, target);
  for (const [at, point] of points.entries()) {
    const alone = await input.evaluate([point], target);
    expect(together.scores[at]).toBeCloseTo(alone.scores[0] ?? NaN, 4);
    const whole = Math.hypot(...(alone.gradients[0] ?? []));
    const off = (together.gradients[at] ?? new Float32Array(0)).map((value, place) => value - (alone.gradients[0]?.[place] ?? NaN));
    expect(Math.hypot(...off)).toBeLessThanOrEqual(1e-3 * whole + 1e-6);
  }
}

describe('the gradient of a text', () => {
  it('is the slope of the score in every space, of sst2-minilm', async () => {
    const model = await openText(bundled('sst2-minilm'));
    const { ids } = model.encode('A gripping film with a dull ending.');
    const input = await model.differentiate(ids);
    expect(input.shape[0]).toBe(ids.length);
    expect([...(await model.embed(ids))]).toEqual([...input.values]);
    const targets: readonly ScoredTarget[] = [
      ...(['probability', 'log-probability', 'logit', 'log-odds'] as const).map((space) => ({ space, index: 1, against: null })),
      { space: 'logit', index: 0, against: 1 },
    ];
    const [scored, answered] = [
      await input.evaluate([input.values], { space: 'logit', index: 1, against: null }),
      await model.predict([ids]),
    ];
    expect(scored.scores[0]).toBeCloseTo(answered[1] ?? NaN, 4);
    for (const target of targets) await expectSlope(input, target, 0.002, 0.02);
    await expectTogether(input, { space: 'logit', index: 1, against: null });
  }, 120_000);

  it.each([
    ['rows and tokens that are open', ['rows', 'tokens']],
    ['eight tokens', ['rows', 8]],
    ['two rows', [2, 'tokens']],
    ['one row of eight tokens', [1, 8]],
  ])('is the same in a graph of %s: padding has no part', async (_name, shape) => {
    const model = await openText(await bench.write(sentenceModel(shape)));
    const { ids } = model.encode('w5 w7 w6');
    expect([...ids]).toEqual([5, 7, 6, 2]);
    const input = await model.differentiate(ids);
    expect(input.shape).toEqual([4, 3]);
    const wave = (by: number, at: number) => Math.sin(1 + by * at);
    const expected = [...ids].flatMap((id) => [0, 1, 2].map((column) => wave(0.7, 3 * id + column)));
    input.values.forEach((value, at) => expect(value).toBeCloseTo(expected[at] ?? NaN, 6));
    const { scores, gradients } = await input.evaluate([input.values], { space: 'logit', index: 1, against: null });
    const sums = [0, 1, 2].map((column) => [0, 1, 2, 3].reduce((sum, token) => sum + (expected[3 * token + column] ?? NaN), 0));
    const weights = [0, 1, 2].map((column) => wave(2.1, 2 * column + 1));
    expect(scores[0]).toBeCloseTo(
      sums.reduce((sum, one, at) => sum + Math.tanh(one) * (weights[at] ?? NaN), 0),
      5,
    );
    gradients[0]?.forEach((value, at) =>
      expect(value).toBeCloseTo((weights[at % 3] ?? NaN) * (1 - Math.tanh(sums[at % 3] ?? NaN) ** 2), 5),
    );
    await expectTogether(input, { space: 'probability', index: 0, against: null });
  });

  describe('whose rows a cut of the graph does not give', () => {
    // The shape of the ids is read from the mask: they are the same ids, and the lookup asks for both inputs.
    const byMask: readonly OnnxNode[] = [
      { op: 'Shape', inputs: ['attention_mask'], outputs: ['shape'] },
      { op: 'Reshape', inputs: ['input_ids', 'shape'], outputs: ['ids'] },
      { op: 'Gather', inputs: ['table', 'ids'], outputs: ['rows'] },
    ];
    // A table that is stored behind a branch: a body may read anything.
    const body = (name: string, op: string) => ({
      inputs: [],
      outputs: [{ name, type: 'float32' as const, shape: null }],
      nodes: [{ op, inputs: ['table'], outputs: [name] }],
    });
    const one = { name: 'one', type: 'bool', shape: [], values: [1] } as const;
    const byBranch: readonly OnnxNode[] = [
      { op: 'Constant', inputs: [], outputs: ['flag'], attributes: { value: one } },
      {
        op: 'If',
        inputs: ['flag'],
        outputs: ['chosen'],
        attributes: { then_branch: body('a', 'Identity'), else_branch: body('b', 'Neg') },
      },
      lookup('rows', 'chosen'),
    ];
    const target: GradientTarget = { space: 'logit', index: 1, against: null };

    /** The rows of the table, to the bit. */
    function expectTable(input: DifferentiableInput, ids: Int32Array): void {
      expect(input.shape).toEqual([ids.length, 3]);
      const table = Float32Array.from({ length: 36 }, (_, at) => Math.sin(1 + 0.7 * at));
      expect([...input.values]).toEqual([...ids].flatMap((id) => [...table.subarray(3 * id, 3 * id + 3)]));
    }

    it.each<readonly [string, readonly OnnxNode[], readonly (readonly (number | string)[])[]]>([
      [
        'reads the mask to look its tokens up',
        byMask,
        [
          ['rows', 'tokens'],
          ['rows', 8],
          [2, 'tokens'],
          [1, 8],
        ],
      ],
      ['takes its table from a branch', byBranch, [['rows', 'tokens']]],
    ])('is that of the plain lookup where the graph %s', async (_name, nodes, shapes) => {
      for (const shape of shapes) {
        const [given, plain] = [
          await openText(await bench.write(sentenceModel(shape, nodes))),
          await openText(await bench.write(sentenceModel(shape))),
        ];
        const { ids } = given.encode('w5 w7 w6');
        const [input, expected] = [await given.differentiate(ids), await plain.differentiate(ids)];
        expectTable(input, ids);
        expect([...(await given.embed(ids))]).toEqual([...expected.values]);
        const points = [input.values, input.values.map((value) => value / 2)];
        const [own, other] = [await input.evaluate(points, target), await expected.evaluate(points, target)];
        expect([...own.scores]).toEqual([...other.scores]);
        expect(own.gradients.map((numbers) => [...numbers])).toEqual(other.gradients.map((numbers) => [...numbers]));
        expect(Math.hypot(...(own.gradients[0] ?? []))).toBeGreaterThan(0.1);
      }
    });

    const flat: readonly OnnxNode[] = [
      { op: 'Constant', inputs: [], outputs: ['all'], attributes: { value: { name: 'all', type: 'int64', shape: [1], values: [-1] } } },
      { op: 'Constant', inputs: [], outputs: ['width'], attributes: { value: { name: 'width', type: 'int64', shape: [1], values: [3] } } },
      { op: 'Reshape', inputs: ['input_ids', 'all'], outputs: ['ids'] },
      { op: 'Gather', inputs: ['table', 'ids'], outputs: ['looked'] },
      { op: 'Shape', inputs: ['input_ids'], outputs: ['lengths'] },
      { op: 'Concat', inputs: ['lengths', 'width'], outputs: ['axes'], attributes: { axis: { int: 0 } } },
      { op: 'Reshape', inputs: ['looked', 'axes'], outputs: ['rows'] },
    ];

    it('is that of the plain lookup where ids are flattened, at every point of a path', async () => {
      const [given, plain] = [
        await openText(await bench.write(sentenceModel(['rows', 'tokens'], flat))),
        await openText(await bench.write(sentenceModel(['rows', 'tokens']))),
      ];
      const { ids } = given.encode('w5 w7 w6');
      const [input, expected] = [await given.differentiate(ids), await plain.differentiate(ids)];
      expectTable(input, ids);
      const points = [0.25, 0.5, 1].map((share) => input.values.map((value) => value * share));
      const [own, other] = [await input.evaluate(points, target), await expected.evaluate(points, target)];
      expect([...own.scores]).toEqual([...other.scores]);
      expect(own.gradients.map((numbers) => [...numbers])).toEqual(other.gradients.map((numbers) => [...numbers]));
    });

    it('is refused where the lookup gives other axes than those of tokens and width', async () => {
      const turned: readonly OnnxNode[] = [
        { op: 'Transpose', inputs: ['table'], outputs: ['columns'], attributes: { perm: { ints: [1, 0] } } },
        { op: 'Gather', inputs: ['columns', 'input_ids'], outputs: ['looked'], attributes: { axis: { int: 1 } } },
        { op: 'Transpose', inputs: ['looked'], outputs: ['rows'], attributes: { perm: { ints: [1, 2, 0] } } },
      ];
      const model = await openText(await bench.write(sentenceModel(['rows', 'tokens'], turned)));
      await expect(model.checkGradient(false)).rejects.toMatchObject({
        code: 'GRADIENT_UNAVAILABLE',
        detail: expect.stringContaining('[batch, tokens, width] was expected'),
      });
    });

    it.each<readonly [string, readonly OnnxNode[]]>([
      ['by ids alone', [lookup('rows')]],
      ['by ids and the mask', byMask],
    ])('has its rows also where the graph rounds what it looked up %s', async (_name, nodes) => {
      const model = await openText(await bench.write(sentenceModel(['rows', 'tokens'], roundRows(nodes))));
      const { ids } = model.encode('w5 w7 w6');
      await expect(model.checkGradient(false)).rejects.toMatchObject({ code: 'GRADIENT_UNAVAILABLE' });
      expect(await model.listRounding()).toHaveLength(1);
      const input = await model.differentiate(ids);
      expectTable(input, ids);
      await expect(input.evaluate([input.values], target)).rejects.toMatchObject({ code: 'GRADIENT_UNAVAILABLE' });
      const { scores, gradients } = await input.evaluate([input.values], { ...target, straightThrough: true });
      const exact = await (await openText(await bench.write(sentenceModel(['rows', 'tokens'])))).differentiate(ids);
      const twin = await exact.evaluate([exact.values], target);
      // Steps of 1/64: four rows are off by half of one each at most, and tanh and its slope by no more than they.
      expect(Math.abs((scores[0] ?? NaN) - (twin.scores[0] ?? NaN))).toBeLessThan(0.1);
      expect(scores[0]).toBeCloseTo((await model.predict([ids]))[1] ?? NaN, 5);
      gradients[0]?.forEach((value, at) => expect(Math.abs(value - (twin.gradients[0]?.[at] ?? NaN))).toBeLessThan(0.1));
    });

    /** Looked up as `exact`, rounded to steps of 1/64 and back, which ends as `rows`. */
    function roundRows(nodes: readonly OnnxNode[]): readonly OnnxNode[] {
      const step = { name: 'step', type: 'float32', shape: [], values: [1 / 64] } as const;
      const zero = { name: 'zero', type: 'int8', shape: [], values: [0] } as const;
      const renamed = nodes.map((node) => ({ ...node, outputs: node.outputs.map((name) => (name === 'rows' ? 'exact' : name)) }));
      return [
        ...renamed,
        { op: 'Constant', inputs: [], outputs: ['step'], attributes: { value: step } },
        { op: 'Constant', inputs: [], outputs: ['zero'], attributes: { value: zero } },
        { op: 'QuantizeLinear', inputs: ['exact', 'step', 'zero'], outputs: ['whole'] },
        { op: 'DequantizeLinear', inputs: ['whole', 'step', 'zero'], outputs: ['rows'] },
      ];
    }
  });

  it.each([
    [
      'no lookup',
      [
        { op: 'Cast', inputs: ['input_ids'], outputs: ['numbers'], attributes: { to: { int: 1 } } },
        { op: 'Unsqueeze', inputs: ['numbers', 'last'], outputs: ['narrow'] },
        { op: 'Concat', inputs: ['narrow', 'narrow', 'narrow'], outputs: ['rows'], attributes: { axis: { int: 2 } } },
      ],
    ],
    ['two of them', [lookup('one'), lookup('two', 'other'), { op: 'Add', inputs: ['one', 'two'], outputs: ['rows'] }]],
  ])('is refused where the graph has %s of its tokens', async (_name, nodes) => {
    const model = await openText(await bench.write(sentenceModel(['rows', 'tokens'], nodes)));
    await expect(model.differentiate(model.encode('w5').ids)).rejects.toMatchObject({
      code: 'GRADIENT_UNAVAILABLE',
      detail: expect.stringMatching(/input_ids|embedding|lookup/),
      remedy: expect.stringMatching(/./),
    });
  });
});

describe('the gradient of a language model', () => {
  it('is the slope of its tokens in every space, of stories260k', async () => {
    const model = await bench.open(bundled('stories260k'));
    if (!(model instanceof LanguageModel)) throw new Error('a language model');
    const { ids } = model.encode('Once upon a time, there was a');
    const input = await model.differentiate(ids);
    const last = ids.length - 1;
    const tokens = [
      { position: last, tokenId: 403, weight: 1 },
      { position: 2, tokenId: ids[3] ?? 0, weight: 1 },
      { position: last, tokenId: 405, weight: -1 },
    ];
    for (const space of ['logit', 'log-probability', 'probability'] as const) await expectSlope(input, { space, tokens }, 0.01, 0.02);
    const { logits } = await model.begin(null).read(ids, 1, false);
    const single: GradientTarget = { space: 'logit', tokens: tokens.slice(0, 1) };
    const { scores, gradients } = await input.evaluate([input.values], { space: 'logit', tokens: tokens.slice(1, 2) });
    // What stands behind the token that is read has no part.
    expect(gradients[0]?.subarray(3 * (input.shape[1] ?? 0)).every((value) => value === 0)).toBe(true);
    expect(scores).toHaveLength(1);
    expect((await input.evaluate([input.values], single)).scores[0]).toBeCloseTo(logits[403] ?? NaN, 3);
    await expectTogether(input, single);
  }, 120_000);
});
