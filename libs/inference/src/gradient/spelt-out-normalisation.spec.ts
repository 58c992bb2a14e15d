import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { ImageModel, type GradientTarget } from '#explainers';
import { GraphEditor, readModelGraph } from '#graph';
import { GradientBench } from '../../test/gradient-bench.js';

const vit = new URL('../../../../models/digits-vit', import.meta.url).pathname;
const bench = new GradientBench();
const folder = await mkdtemp(join(tmpdir(), 'vitrine-vit-'));
afterAll(async () => {
  await bench.close();
  await rm(folder, { recursive: true });
});

/** Every LayerNormalization as exports below opset 17 have it. */
function spellOut(bytes: Uint8Array): Uint8Array {
  const graph = readModelGraph(bytes);
  const editor = new GraphEditor(bytes);
  graph.nodes.forEach(({ opType, inputs: [x = '', scale = '', bias = ''], outputs: [y = ''] }, place) => {
    if (opType !== 'LayerNormalization') return;
    const { name, attribute } = editor.readNode(place);
    const epsilon = attribute.find((one) => one.name === 'epsilon')?.f ?? 1e-5;
    const [axes, keepdims] = [
      { name: 'axes', type: 7, ints: [-1n] },
      { name: 'keepdims', type: 2, i: 1n },
    ];
    const node = (op: string, input: string[], output = `${name}/${op}`, attributes: object[] = []) => ({
      ...{ opType: op, name: output, input, output: [output], attribute: attributes },
    });
    editor.replaceNode(place, [
      node('Constant', [], `${name}/eps`, [{ name: 'value_float', type: 1, f: epsilon }]),
      node('ReduceMean', [x], `${name}/mean`, [axes, keepdims]),
      node('Sub', [x, `${name}/mean`]),
      node('Mul', [`${name}/Sub`, `${name}/Sub`], `${name}/square`),
      node('ReduceMean', [`${name}/square`], `${name}/variance`, [axes, keepdims]),
      node('Add', [`${name}/variance`, `${name}/eps`]),
      node('Sqrt', [`${name}/Add`]),
      node('Div', [`${name}/Sub`, `${name}/Sqrt`]),
      node('Mul', [`${name}/Div`, scale], `${name}/scaled`),
      node('Add', [`${name}/scaled`, bias], y),
    ]);
  });
  return editor.write();
}

async function open(from: string): Promise<ImageModel> {
  const model = await bench.open(from);
  if (!(model instanceof ImageModel)) throw new Error('an image model');
  return model;
}

it('Grad-CAM finds the hidden states of a transformer of patches whose normalisation is written out', async () => {
  await cp(vit, folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), spellOut(await readFile(join(vit, 'model.onnx'))));
  const [whole, spelt] = [await open(vit), await open(folder)];
  const states = await spelt.innerTensors();
  expect(states.standard).not.toBeNull();
  expect(states.tensors.map(({ tensor }) => tensor)).toContain(states.standard);
  const base64 = (await readFile(join(vit, 'examples/03-digit-3.png'))).toString('base64');
  const { input } = await whole.read({ mediaType: 'image/png', base64 });
  const target: GradientTarget = { space: 'logit', index: 3, against: null };
  const [one, other] = await Promise.all(
    [whole, spelt].map(async (model) => model.innerGradients(input, target, (await model.innerTensors()).standard ?? '')),
  );
  expect(other?.shape).toEqual(one?.shape);
  for (const part of ['values', 'gradients'] as const) {
    const [wanted, given] = [one?.[part] ?? new Float32Array(0), other?.[part] ?? new Float32Array(0)];
    const off = Math.hypot(...wanted.map((value, at) => value - (given[at] ?? NaN))) / Math.hypot(...wanted);
    expect([part, wanted.length > 0, off < 1e-4]).toEqual([part, true, true]);
  }
}, 60_000);
