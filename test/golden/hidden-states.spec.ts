import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { TextModel } from '#explainers';
import { GraphEditor, readModelGraph } from '#graph';
import { OnnxModels, type OpenOnnxModel } from '#inference';
import { Random } from '#numeric';

const folder = join(new URL('../../', import.meta.url).pathname, 'models', 'sst2-minilm');
const text = 'A gripping, funny film that never quite lives up to its first hour.';
const positive = { index: 1, space: 'logit', against: null } as const;
const directions = 3;
/** Of the slope. Seen: 9e-4 at most. */
const tolerance = 2e-3;

let open: OpenOnnxModel;
let bytes: Uint8Array;

beforeAll(async () => {
  const models = new OnnxModels();
  const { description } = await models.probe({ folder, name: 'sst2-minilm', version: '1' });
  open = await models.open({ folder, description });
  bytes = await readFile(join(folder, 'model.onnx'));
});
afterAll(() => open.close());

/** The file with a number to be fed added to every number of a tensor. */
function shiftTensor(tensor: string): Uint8Array {
  const place = readModelGraph(bytes).nodes.findIndex(({ outputs }) => outputs.includes(tensor));
  const editor = new GraphEditor(bytes);
  const maker = editor.readNode(place);
  maker.output = maker.output.map((name) => (name === tensor ? 'own' : name));
  editor.appendFloats('shift', ['shift_rows', 'shift_tokens', 'shift_width']);
  editor.replaceNode(place, [maker, { opType: 'Add', name: 'shift', input: ['own', 'shift'], output: [tensor] }]);
  return editor.write();
}

/** Logits of the positive class as a tensor is moved. */
async function openShifted(tensor: string, ids: Int32Array, shape: readonly number[]) {
  const session = await InferenceSession.create(shiftTensor(tensor), { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const integers = (values: ArrayLike<number>) => new Tensor('int64', BigInt64Array.from(Array.from(values), BigInt), [1, values.length]);
  const inputs: Readonly<Record<string, Int32Array>> = {
    input_ids: ids,
    attention_mask: ids.map(() => 1),
    token_type_ids: ids.map(() => 0),
  };
  const names = session.inputNames.filter((name) => name !== 'shift');
  const feeds = Object.fromEntries(names.map((name) => [name, integers(inputs[name] ?? [])]));
  const score = async (direction: Float32Array, length: number): Promise<number> => {
    const shift = new Tensor(
      'float32',
      direction.map((value) => value * length),
      [1, ...shape],
    );
    return Number((await session.run({ ...feeds, shift }))['logits']?.data[1]);
  };
  return { score, release: () => session.release() };
}

it('the gradient of hidden states is the slope of the score as they are moved', async () => {
  const model = open.forRun('bypass');
  if (!(model instanceof TextModel)) throw new Error('a text model');
  const { ids } = model.encode(text);
  const { tensors, standard } = await model.innerTensors();
  expect(tensors).toHaveLength(6);
  expect(tensors.at(-1)?.tensor).toBe(standard);
  for (const [layer, { tensor }] of tensors.entries()) {
    const { shape, gradients } = await model.innerGradients(ids, positive, tensor);
    expect(shape).toEqual([ids.length, 384]);
    const shifted = await openShifted(tensor, ids, shape);
    try {
      for (let at = 0; at < directions; at++) {
        const random = new Random(1, 0, layer, at);
        // Half of the gradient, at random: along most other directions the score moves no more than it rounds.
        const half = gradients.map((value) => (random.float() < 0.5 ? value : 0));
        const size = Math.hypot(...half);
        const direction = half.map((value) => value / size);
        const slope = async (h: number) => ((await shifted.score(direction, h)) - (await shifted.score(direction, -h))) / (2 * h);
        // What grows as h² cancels. The score rounds to some 1e-6: over 0.25 and slopes of 0.015 that is 3e-4 of them.
        const [wide, narrow] = [await slope(0.5), await slope(0.25)];
        expect(Math.abs((4 * narrow - wide) / 3 / size - 1)).toBeLessThanOrEqual(tolerance);
      }
    } finally {
      await shifted.release();
    }
  }
}, 120_000);
