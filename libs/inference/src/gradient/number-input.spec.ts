import { afterAll, describe, expect, it } from '@jest/globals';
import { scoreRow, scoreSpaces, type ScoredTarget } from '#attribution';
import { TabularModel, type DifferentiableInput } from '#explainers';
import type { OnnxNode } from '#testing';
import { GradientBench, rowModel, type RowModel } from '../../test/gradient-bench.js';

const bench = new GradientBench();
afterAll(() => bench.close());

const row = Float64Array.of(0.3, -0.7, 0.45);

async function open(model: RowModel): Promise<TabularModel> {
  const opened = await bench.open(await bench.write(rowModel(model)));
  if (!(opened instanceof TabularModel)) throw new Error('a tabular model');
  return opened;
}

const three = ['a', 'b', 'c'];
const two = ['no', 'yes'];
const softmax: readonly OnnxNode[] = [{ op: 'Softmax', inputs: ['hidden'], outputs: ['answer'], attributes: { axis: { int: -1 } } }];
const sigmoid: readonly OnnxNode[] = [{ op: 'Sigmoid', inputs: ['hidden'], outputs: ['answer'] }];

const models: readonly (readonly [string, RowModel])[] = [
  ['logits', { kind: 'logits', classes: three, width: 3 }],
  ['logits of labels', { kind: 'logits', classes: three, multiLabel: true, width: 3 }],
  ['probabilities', { kind: 'probabilities', classes: three, width: 3, nodes: softmax }],
  ['probabilities of labels', { kind: 'probabilities', classes: three, multiLabel: true, width: 3, nodes: sigmoid }],
  ['margins', { kind: 'margin', classes: three, width: 3 }],
  ['a value', { kind: 'value', classes: [], width: 1 }],
  ['one logit for two classes', { kind: 'logits', classes: two, width: 1 }],
  ['one probability for two classes', { kind: 'probabilities', classes: two, width: 1, nodes: sigmoid }],
  ['one margin for two classes', { kind: 'margin', classes: two, width: 1 }],
  ['logits of exactly two rows', { kind: 'logits', classes: three, width: 3, rows: 2 }],
];

/** The derivative of the score that explanations have, by small steps of each column. */
async function differences(model: TabularModel, target: ScoredTarget): Promise<readonly number[]> {
  const step = 1 / 128;
  const points = [...row].flatMap((_, column) => [step, -step].map((by) => row.map((cell, at) => (at === column ? cell + by : cell))));
  const outputs = await model.predict({ rows: points.length, columns: 3, cells: Float64Array.from(points.flatMap((one) => [...one])) });
  const { multiLabel, output, classes } = model.description;
  const scale = { width: model.outputs, kind: classes.length === 0 ? ('value' as const) : output.kind, multiLabel };
  const score = (at: number) => scoreRow(outputs, at * model.outputs, scale, target, { clips: 0 });
  return [...row].map((_, column) => (score(2 * column) - score(2 * column + 1)) / (2 * step));
}

describe('the gradient of every space is the slope of its score', () => {
  it.each(models)('of a model that answers with %s', async (_name, described) => {
    const model = await open(described);
    const input = await model.differentiate(row);
    expect([input.shape, input.rounded, [...input.values]]).toEqual([[3], [], [...Float32Array.from(row)]]);
    const classes = Math.max(1, described.classes.length);
    const targets: readonly ScoredTarget[] = [
      ...scoreSpaces(described.kind, false).flatMap((space) =>
        Array.from({ length: classes }, (_, index) => ({ space, index, against: null })),
      ),
      ...(classes === 1 ? [] : scoreSpaces(described.kind, true).map((space) => ({ space, index: 1, against: 0 }))),
    ];
    for (const target of targets) {
      const { scores, gradients } = await input.evaluate([input.values], target);
      const outputs = await model.predict({ rows: 1, columns: 3, cells: row });
      const { multiLabel, output } = model.description;
      const scale = { width: model.outputs, kind: described.kind === 'value' ? ('value' as const) : output.kind, multiLabel };
      expect(scores[0]).toBeCloseTo(scoreRow(outputs, 0, scale, target, { clips: 0 }), 5);
      const slopes = await differences(model, target);
      slopes.forEach((slope, at) => expect([target, at, Math.abs((gradients[0]?.[at] ?? NaN) - slope) < 1e-3]).toEqual([target, at, true]));
    }
  });
});

describe('a graph whose nodes stand in no order', () => {
  const nodes: readonly OnnxNode[] = [
    { op: 'Tanh', inputs: ['hidden'], outputs: ['bowed'] },
    { op: 'Mul', inputs: ['bowed', 'bowed'], outputs: ['square'] },
    { op: 'Add', inputs: ['square', 'hidden'], outputs: ['answer'] },
  ];

  it.each([[[2, 1, 0]], [[1, 0, 2]], [[0, 2, 1]]])('has the gradient that it has in order: %j', async (order) => {
    const target: ScoredTarget = { space: 'logit', index: 1, against: null };
    const evaluate = async (own: readonly OnnxNode[]) => {
      const input = await (await open({ kind: 'logits', classes: three, width: 3, nodes: own })).differentiate(row);
      return input.evaluate([input.values], target);
    };
    const [given, expected] = [await evaluate(order.flatMap((at) => nodes[at] ?? [])), await evaluate(nodes)];
    expect(Math.hypot(...(expected.gradients[0] ?? []))).toBeGreaterThan(0.05);
    expect(given).toEqual(expected);
  });
});

describe('points', () => {
  const target: ScoredTarget = { space: 'log-probability', index: 2, against: null };
  const points = Array.from({ length: 5 }, (_, at) => Float32Array.of(at / 3, 1 - at, 0.2 * at));

  it.each(['rows', 1, 2])('are the same together and one by one, where the graph reads %p', async (rows) => {
    const model = await open({ kind: 'logits', classes: three, width: 3, rows });
    const input: DifferentiableInput = await model.differentiate(row);
    const before = model.modelRows;
    const together = await input.evaluate(points, target);
    expect(model.modelRows - before).toBe(5);
    expect(together.gradients).toHaveLength(5);
    for (const [at, point] of points.entries()) {
      const alone = await input.evaluate([point], target);
      expect(together.scores[at]).toBeCloseTo(alone.scores[0] ?? NaN, 6);
      together.gradients[at]?.forEach((value, column) => expect(value).toBeCloseTo(alone.gradients[0]?.[column] ?? NaN, 6));
    }
  });
});

describe('an answer that is none', () => {
  it.each(['rows', 2])('is told with what its point is called, where the graph reads %p', async (rows) => {
    const nodes: readonly OnnxNode[] = [
      { op: 'Add', inputs: ['hidden', 'two'], outputs: ['above'] },
      { op: 'Sqrt', inputs: ['above'], outputs: ['answer'] },
    ];
    const tensors = [{ name: 'two', type: 'float32' as const, shape: [], values: [2] }];
    const model = await open({ kind: 'logits', classes: two, width: 2, rows, nodes, tensors });
    const input = await model.differentiate(row);
    const target: ScoredTarget = { space: 'logit', index: 1, against: null };
    const [fine, bad] = [Float32Array.of(0, 0, 0), Float32Array.of(9, 9, 9)];
    await expect(input.evaluate([fine, fine, fine, bad], target, (at) => `noisy copy ${at + 1}`)).rejects.toMatchObject({
      code: 'MODEL_OUTPUT_NON_FINITE',
      detail: expect.stringMatching(/^the model answers NaN for class "(no|yes)" of noisy copy 4$/),
    });
    await expect(input.evaluate([bad], target)).rejects.toMatchObject({ detail: expect.stringMatching(/ of the input$/) });
  });
});

describe('a gradient that is none', () => {
  const target: ScoredTarget = { space: 'logit', index: 1, against: null };
  const differentiate = async (model: Omit<RowModel, 'kind' | 'classes'>, point = row) =>
    (await (await open({ kind: 'logits', classes: two, ...model })).differentiate(point)).evaluate([Float32Array.from(point)], target);

  it('is told with the node whose output it is of', async () => {
    // The root of a square that is 0: the answer is finite, its slope is not.
    const nodes: readonly OnnxNode[] = [
      { op: 'Mul', inputs: ['hidden', 'none'], outputs: ['nothing'] },
      { op: 'Sqrt', inputs: ['nothing'], outputs: ['answer'] },
    ];
    const tensors = [{ name: 'none', type: 'float32' as const, shape: [], values: [0] }];
    await expect(differentiate({ width: 2, nodes, tensors })).rejects.toMatchObject({
      code: 'GRADIENT_NON_FINITE',
      detail: expect.stringMatching(/the output of node "Mul_3" \(Mul\) .* node "Sqrt_4" \(Sqrt\)/),
    });
  });

  it('is told with the node that reads the input, where it is the input itself', async () => {
    const nodes: readonly OnnxNode[] = [
      { op: 'Sqrt', inputs: ['x'], outputs: ['root'] },
      { op: 'MatMul', inputs: ['root', 'C'], outputs: ['more'] },
      { op: 'Add', inputs: ['hidden', 'more'], outputs: ['answer'] },
    ];
    const tensors = [{ name: 'C', type: 'float32' as const, shape: [3, 2], values: [1, 2, 3, 4, 5, 6] }];
    await expect(differentiate({ width: 2, nodes, tensors }, Float64Array.of(0, 0.5, 0.25))).rejects.toMatchObject({
      code: 'GRADIENT_NON_FINITE',
      detail: 'the gradient with respect to the input is not finite, though the answer is: node "Sqrt_3" (Sqrt), which reads it, gave it',
    });
  });

  it('does not matter where scores alone are wanted', async () => {
    const nodes: readonly OnnxNode[] = [
      { op: 'Mul', inputs: ['hidden', 'none'], outputs: ['nothing'] },
      { op: 'Sqrt', inputs: ['nothing'], outputs: ['answer'] },
    ];
    const tensors = [{ name: 'none', type: 'float32' as const, shape: [], values: [0] }];
    const model = await open({ kind: 'logits', classes: two, width: 2, nodes, tensors });
    const input = await model.differentiate(row);
    expect([...(await input.score([input.values, input.values], target))].map(Math.abs)).toEqual([0, 0]);
  });

  const scale = { name: 'scale', type: 'float32' as const, shape: [], values: [0.1] };
  const zero = { name: 'zero', type: 'uint8' as const, shape: [], values: [0] };
  const yes = { name: 'yes', type: 'bool' as const, shape: [], values: [1] };
  const once = { name: 'once', type: 'int64' as const, shape: [], values: [1] };
  const port = (name: string) => ({ name, type: 'float32' as const, shape: ['rows', 2] });
  const branch = (op: string) => ({ inputs: [], outputs: [port(`of_${op}`)], nodes: [{ op, inputs: ['hidden'], outputs: [`of_${op}`] }] });
  it.each<readonly [string, readonly OnnxNode[]]>([
    [
      'QuantizeLinear',
      [
        { op: 'QuantizeLinear', inputs: ['hidden', 'scale', 'zero'], outputs: ['bytes'] },
        { op: 'DequantizeLinear', inputs: ['bytes', 'scale', 'zero'], outputs: ['answer'] },
      ],
    ],
    [
      'If',
      [
        { op: 'ReduceSum', inputs: ['hidden'], outputs: ['total'], attributes: { keepdims: { int: 0 } } },
        { op: 'Greater', inputs: ['total', 'scale'], outputs: ['large'] },
        { op: 'If', inputs: ['large'], outputs: ['answer'], attributes: { then_branch: branch('Tanh'), else_branch: branch('Sigmoid') } },
      ],
    ],
    [
      'Loop',
      [
        {
          op: 'Loop',
          inputs: ['once', 'yes', 'hidden'],
          outputs: ['answer'],
          attributes: {
            body: {
              inputs: [{ name: 'round', type: 'int64', shape: [] }, { name: 'go', type: 'bool', shape: [] }, port('state')],
              outputs: [{ name: 'go_on', type: 'bool', shape: [] }, port('next')],
              nodes: [
                { op: 'Tanh', inputs: ['state'], outputs: ['next'] },
                { op: 'Identity', inputs: ['go'], outputs: ['go_on'] },
              ],
            },
          },
        },
      ],
    ],
    ['SampleOp', [{ op: 'SampleOp', domain: 'com.microsoft', inputs: ['hidden'], outputs: ['answer'] }]],
  ])('is refused with operator, node and what to do: %s', async (operator, nodes) => {
    await expect(differentiate({ width: 2, nodes, tensors: [scale, zero, yes, once] })).rejects.toMatchObject({
      code: 'GRADIENT_UNAVAILABLE',
      detail: expect.stringMatching(new RegExp(`${operator}.*${operator}_\\d|${operator}_\\d.*${operator}`)),
      remedy: expect.stringMatching(/./),
    });
  });
});

describe('what a branch takes from around it', () => {
  const target: ScoredTarget = { space: 'logit', index: 1, against: null };
  const port = { name: 'taken', type: 'float32' as const, shape: ['rows', 2] };
  const body = (op: string) => ({ inputs: [], outputs: [port], nodes: [{ op, inputs: ['hidden'], outputs: ['taken'] }] });
  const choose = (condition: string): readonly OnnxNode[] => [
    { op: 'If', inputs: [condition], outputs: ['chosen'], attributes: { then_branch: body('Tanh'), else_branch: body('Sin') } },
    // A second way, beside which the first one could be forgotten.
    { op: 'Add', inputs: ['chosen', 'hidden'], outputs: ['answer'] },
  ];
  const tensors = [
    { name: 'yes', type: 'bool' as const, shape: [], values: [1] },
    { name: 'no', type: 'bool' as const, shape: [], values: [0] },
    { name: 'three', type: 'int64' as const, shape: [1], values: [3] },
    { name: 'second', type: 'int64' as const, shape: [1], values: [1] },
  ];

  it.each(['yes', 'no'])('has its part in the gradient where the condition is stored: %s', async (condition) => {
    const model = await open({ kind: 'logits', classes: two, width: 2, nodes: choose(condition), tensors });
    const { gradients } = await (await model.differentiate(row)).evaluate([Float32Array.from(row)], target);
    const slopes = await differences(model, target);
    slopes.forEach((slope, at) => expect(Math.abs((gradients[0]?.[at] ?? NaN) - slope)).toBeLessThan(1e-3));
  });

  it('is a reason to refuse where the condition is computed, be it of shapes alone', async () => {
    const nodes: readonly OnnxNode[] = [
      { op: 'Shape', inputs: ['x'], outputs: ['lengths'] },
      { op: 'Gather', inputs: ['lengths', 'second'], outputs: ['columns'] },
      { op: 'Equal', inputs: ['columns', 'three'], outputs: ['flags'] },
      { op: 'Squeeze', inputs: ['flags'], outputs: ['flag'] },
      ...choose('flag'),
    ];
    const model = await open({ kind: 'logits', classes: two, width: 2, nodes, tensors });
    await expect(model.checkGradient(false)).rejects.toMatchObject({
      code: 'GRADIENT_UNAVAILABLE',
      detail: expect.stringContaining('(If)'),
    });
  });
});
