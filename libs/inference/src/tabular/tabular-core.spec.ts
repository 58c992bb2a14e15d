import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TabularModel } from '#explainers';
import { appendOutputs } from '#graph';
import { buildOnnxModel, calmModel, nanModel, writeModelFolder, type OnnxGraph, type OnnxNode, type OnnxPort } from '#testing';
import { OnnxModels } from '../onnx-models.js';

const models = new OnnxModels();
const closing: (() => Promise<void>)[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-models-'));
  const made = folder;
  closing.push(() => rm(made, { recursive: true }));
});

afterAll(async () => {
  for (const close of closing) await close();
});

const probe = () => models.probe({ folder, name: 'toy', version: '3' });

async function open(): Promise<TabularModel> {
  const { description } = await probe();
  const opened = await models.open({ folder, description });
  closing.unshift(() => opened.close());
  const model = opened.forRun('use');
  if (!(model instanceof TabularModel)) throw new Error('a tabular model');
  return model;
}

const float = (name: string, shape: readonly (number | string)[]): OnnxPort => ({ name, type: 'float32', shape });

describe('a tabular model', () => {
  const columns = [
    { name: 'size', kind: 'numeric', min: -2, max: 3 },
    { name: 'kind', kind: 'categorical', categories: ['plain', 'fancy', 'odd'] },
  ];
  const manifest = {
    manifest: 1,
    task: 'tabular-classification',
    classes: ['no', 'yes'],
    features: columns,
    output: { name: 'y', kind: 'probabilities' },
  };

  async function writeTabular(graph: OnnxGraph, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await writeFile(join(folder, 'model.onnx'), buildOnnxModel(graph));
    await writeFile(join(folder, 'model.json'), JSON.stringify({ ...manifest, ...more }));
  }

  /** y = sigmoid(size + code of kind) */
  function summed(type: OnnxPort['type'], y: OnnxPort, tail: readonly OnnxNode[]): OnnxGraph {
    return {
      inputs: ['size', 'kind'].map((name) => ({ name, type, shape: ['rows', 1] })),
      outputs: [y],
      tensors: [{ name: 'flat', type: 'int64', shape: [1], values: [-1] }],
      nodes: [
        { op: 'Add', inputs: ['size', 'kind'], outputs: ['sum'] },
        { op: 'Cast', inputs: ['sum'], outputs: ['sum_float'], attributes: { to: { int: 1 } } },
        { op: 'Sigmoid', inputs: ['sum_float'], outputs: ['p'] },
        ...tail,
      ],
    };
  }

  const table = { rows: 2, columns: 2, cells: Float64Array.of(1, 2, -1, 0) };
  const high = 1 / (1 + Math.exp(-3));
  const low = 1 / (1 + Math.exp(1));

  it.each(['float32', 'float64', 'int64', 'int32'] as const)('reads one %s input for each column', async (type) => {
    await writeTabular(summed(type, float('y', ['rows', 1]), [{ op: 'Identity', inputs: ['p'], outputs: ['y'] }]));
    const scores = await (await open()).predict(table);
    [1 - high, high, 1 - low, low].forEach((value, at) => expect(scores[at]).toBeCloseTo(value, 6));
  });

  it('takes a single probability a row, of one or no width, for that of the second class', async () => {
    await writeTabular(summed('float32', float('y', ['rows']), [{ op: 'Reshape', inputs: ['p', 'flat'], outputs: ['y'] }]));
    const model = await open();
    expect(model.outputs).toBe(2);
    expect((await model.predict(table))[1]).toBeCloseTo(high, 6);
  });

  it('puts 0 beside a single logit and the negative beside a single margin', async () => {
    await writeTabular(summed('float32', float('y', ['rows', 1]), [{ op: 'Identity', inputs: ['sum_float'], outputs: ['y'] }]), {
      output: { name: 'y', kind: 'logits' },
    });
    expect([...(await (await open()).predict(table))]).toEqual([0, 3, 0, -1]);
    await writeTabular(summed('float32', float('y', ['rows', 1]), [{ op: 'Identity', inputs: ['sum_float'], outputs: ['y'] }]), {
      output: { name: 'y', kind: 'margin' },
    });
    expect([...(await (await open()).predict(table))]).toEqual([-3, 3, 1, -1]);
  });

  it('reads half-precision answers', async () => {
    await writeTabular(
      summed('float32', { name: 'y', type: 'float16', shape: ['rows', 1] }, [
        { op: 'Cast', inputs: ['sum_float'], outputs: ['y'], attributes: { to: { int: 10 } } },
      ]),
      { output: { name: 'y', kind: 'logits' } },
    );
    const scores = await (await open()).predict({ rows: 3, columns: 2, cells: Float64Array.of(1.5, 2, 2 ** -20, 0, -0.1, 0) });
    expect([scores[1], scores[3]]).toEqual([3.5, 2 ** -20]);
    expect(scores[5]).toBeCloseTo(-0.1, 4);
  });

  it('reads one input for all columns, a regression, and a fixed number of rows', async () => {
    const graph: OnnxGraph = {
      inputs: [float('all', [4, 2])],
      outputs: [float('y', [4, 1])],
      tensors: [{ name: 'weights', type: 'float32', shape: [2, 1], values: [10, 1] }],
      nodes: [{ op: 'MatMul', inputs: ['all', 'weights'], outputs: ['y'] }],
    };
    await writeTabular(graph, { task: 'tabular-regression', classes: undefined, output: undefined });
    const model = await open();
    expect(model.description).toMatchObject({ classes: [], output: { name: 'y', kind: 'value' }, backgroundRows: 0 });
    const cells = Float64Array.from({ length: 12 }, (_, at) => (at % 2 === 0 ? at : at % 3));
    expect([...(await model.predict({ rows: 6, columns: 2, cells }))]).toEqual(
      [0, 1, 2, 3, 4, 5].map((row) => 10 * (cells[2 * row] ?? NaN) + (cells[2 * row + 1] ?? NaN)),
    );
  });

  it('reads categories as text and truth', async () => {
    const graph: OnnxGraph = {
      inputs: [
        { name: 'size', type: 'bool', shape: ['rows'] },
        { name: 'kind', type: 'string', shape: ['rows', 1] },
      ],
      outputs: [float('y', ['rows', 1])],
      tensors: [{ name: 'wide', type: 'int64', shape: [2], values: [-1, 1] }],
      nodes: [
        {
          op: 'LabelEncoder',
          domain: 'ai.onnx.ml',
          inputs: ['kind'],
          outputs: ['number'],
          attributes: { keys_strings: { texts: ['fancy'] }, values_floats: [0.25], default_float: 0.5 },
        },
        { op: 'Cast', inputs: ['size'], outputs: ['truth'], attributes: { to: { int: 1 } } },
        { op: 'Reshape', inputs: ['truth', 'wide'], outputs: ['truth_wide'] },
        { op: 'Mul', inputs: ['number', 'truth_wide'], outputs: ['y'] },
      ],
    };
    await writeTabular(graph, { features: [{ name: 'size', kind: 'numeric', min: 0, max: 1 }, columns[1]] });
    const model = await open();
    const scores = await model.predict({ rows: 3, columns: 2, cells: Float64Array.of(1, 1, 1, 2, 0, 0) });
    expect([scores[1], scores[3], scores[5]]).toEqual([0.25, 0.5, 0]);
    await expect(model.predict({ rows: 1, columns: 2, cells: Float64Array.of(0.5, 0) })).rejects.toMatchObject({ code: 'COLUMN_TYPE' });
  });

  it('finds weights that lie beside the model', async () => {
    const graph = summed('float32', float('y', ['rows', 1]), [{ op: 'Mul', inputs: ['p', 'half'], outputs: ['y'] }]);
    await writeTabular({
      ...graph,
      tensors: [{ name: 'half', type: 'float32', shape: [1], values: { location: 'weights.bin', offset: 4, length: 4 } }],
    });
    await writeFile(join(folder, 'weights.bin'), Float32Array.of(9, 0.5));
    const model = await open();
    expect((await model.predict(table))[1]).toBeCloseTo(high / 2, 6);
  });

  it('finds weights beside a model that needs another output', async () => {
    const graph: OnnxGraph = {
      ...summed('float32', float('y', ['rows', 2]), [
        { op: 'Mul', inputs: ['p', 'weights'], outputs: ['scores'] },
        {
          op: 'ZipMap',
          domain: 'ai.onnx.ml',
          inputs: ['scores'],
          outputs: ['y'],
          attributes: { classlabels_strings: { texts: ['no', 'yes'] } },
        },
      ]),
      outputs: [],
      tensors: [{ name: 'weights', type: 'float32', shape: [2], values: { location: 'weights.bin', offset: 0, length: 8 } }],
    };
    await writeTabular(graph, { classes: undefined });
    // The builder declares tensors alone; the list of maps is declared by its name.
    await writeFile(join(folder, 'model.onnx'), appendOutputs(buildOnnxModel(graph), ['y']));
    await writeFile(join(folder, 'weights.bin'), Float32Array.of(0.25, 0.5));
    const model = await open();
    expect(model.description.classes).toEqual(['no', 'yes']);
    const scores = await model.predict(table);
    expect(scores[0]).toBeCloseTo(high / 4, 6);
    expect(scores[1]).toBeCloseTo(high / 2, 6);
  });

  it('keeps the rows that it answers when some of the background makes it answer NaN', async () => {
    const toy = nanModel();
    await writeModelFolder(folder, { ...toy, background: `${toy.background}0,0,1\n` });
    expect((await probe()).capabilities.probedRows).toBe(7);
    await writeModelFolder(folder, { ...toy, background: 'signal,other,trigger\n0,0,1\n1,1,1\n' });
    await expect(probe()).rejects.toMatchObject({
      code: 'MODEL_OUTPUT_NON_FINITE',
      detail: 'the model answers none of 2 rows with finite numbers',
    });
  });

  it.each([
    ['no manifest', null, /nothing says what the model is for/],
    ['a column too many', { features: [...columns, { name: 'third', kind: 'numeric' }] }, /feature third is no input/],
    ['a column too few', { features: columns.slice(0, 1) }, /input kind is no feature/],
    ['an output that is not there', { output: { name: 'z' } }, /"z" of model.json is no floating-point output/],
    ['an output of unknown meaning', { output: undefined }, /whether output y holds probabilities or logits/],
  ])('is refused with %s', async (_what, more, detail) => {
    await writeTabular(summed('float32', float('y', ['rows', 1]), [{ op: 'Abs', inputs: ['p'], outputs: ['y'] }]), more ?? {});
    if (more === null) await rm(join(folder, 'model.json'));
    await expect(probe()).rejects.toMatchObject({
      code: 'MODEL_UNSUPPORTED',
      detail: expect.stringMatching(detail),
      remedy: expect.stringContaining('model.json'),
    });
  });

  it.each([
    ['an operator nobody knows', { op: 'Frobnicate', inputs: ['p'], outputs: ['y'] }, 'MODEL_UNSUPPORTED'],
    ['an input that nothing makes', { op: 'Identity', inputs: ['nowhere'], outputs: ['y'] }, 'MODEL_FILE_INVALID'],
  ])('is refused with %s, without a path', async (_what, node, code) => {
    await writeTabular(summed('float32', float('y', ['rows', 1]), [node]));
    await expect(probe()).rejects.toMatchObject({ code, detail: expect.not.stringContaining(folder) });
  });

  it('is told the reason when its background cannot be read', async () => {
    await writeModelFolder(folder, { ...calmModel(), background: 'signal,other,trigger\n1,2,x\n' });
    await expect(probe()).rejects.toMatchObject({ code: 'BACKGROUND_INVALID' });
  });
});
