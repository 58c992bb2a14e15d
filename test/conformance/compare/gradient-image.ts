import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { gradCam, upsampleBilinear } from '#attribution';
import { findFeatureMap, readModelGraph } from '#graph';
import { GradientSession } from '#inference';
import { findRoot, type ConformanceCase } from '../conformance-case.js';
import { readExample } from '../read-example.js';
import type { CaseOutcome } from './outcome.js';

/** What the gradient session and Grad-CAM give for the pictures of a case. */
interface Found {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
  /** Numbers whose size errors are measured by; those that are expected where it is left out. */
  readonly beside?: ArrayLike<number>;
}

/**
 * Compares logits, gradients, feature maps and Grad-CAM of a picture model with those of PyTorch, as relative L2 errors, and the map that is
 * found with the one that the case names.
 */
export async function compareImageGradient(one: ConformanceCase): Promise<CaseOutcome> {
  const featureMap = one.featureMap;
  if (featureMap === undefined) return { ok: true, note: 'no picture' };
  const bytes = new Uint8Array(await readFile(join(one.folder, 'model.onnx')));
  const graph = readModelGraph(bytes);
  const [input] = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const [output] = graph.outputs;
  if (input === undefined || output === undefined) return { ok: false, note: 'the model has no input or no output' };
  const { image, targets } = await readPictures(one);
  const [, ...sides] = image.dims;
  const rows = (count: number) => ({
    [input.name]: new Tensor('float32', new Float32Array(count * sides.reduce((product, side) => product * side, 1)), [count, ...sides]),
  });
  const session = new GradientSession({
    folder: one.folder,
    modelFile: 'model.onnx',
    output: output.name,
    pairs: null,
    ids: null,
    numbers: input.name,
    chosen: false,
    trials: () => [[rows(2), rows(3)]],
  });
  try {
    const { facts, graph: lowered } = await session.prepared();
    const { standard } = findFeatureMap(lowered, facts);
    const classes = facts.length(output.name, 1) ?? 0;
    const weights = Float32Array.from({ length: targets.length * classes }, (_, at) =>
      at % classes === targets[Math.floor(at / classes)] ? 1 : 0,
    );
    const ask = { space: 'raw', weights: new Tensor('float32', weights, [targets.length, classes]) } as const;
    const feeds = { [input.name]: image };
    const whole = await session.run(feeds, { of: { what: 'input' }, ...ask });
    const inner = await session.run(feeds, { of: { what: 'tensor', tensor: featureMap }, ...ask });
    const gradient = toFound(whole.gradients[0]);
    const found = { logits: toFound(whole.output), gradient, ...mapTensors(toFound(inner.values[0]), toFound(inner.gradients[0]), image) };
    return conclude(one, found, standard === featureMap ? '' : `finds the map ${standard ?? '(none)'}, not ${featureMap}`);
  } finally {
    await session.close();
  }
}

function conclude(one: ConformanceCase, found: Readonly<Record<string, Found>>, wrong: string): CaseOutcome {
  const notes: string[] = wrong === '' ? [] : [wrong];
  let ok = wrong === '';
  for (const [name, tolerance] of Object.entries(one.tolerance)) {
    const [given, expected] = [found[name], one.tensors.get(name)];
    if (given === undefined) continue;
    const error = expected === undefined ? Infinity : measure(given, expected);
    notes.push(`${name} ${error.toExponential(1)}`);
    ok &&= error <= tolerance;
  }
  return { ok, note: notes.join(', ') };
}

/** Rows of the golden file may be fewer: the first, or cases 2 and 3 of six. */
function measure(
  { shape, data, beside }: Found,
  expected: { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint> },
): number {
  const row = shape.slice(1).reduce((product, length) => product * length, 1);
  const [rows = 0, ...rest] = expected.shape;
  if (rest.join() !== shape.slice(1).join()) return Infinity;
  const first = rows === shape[0] ? 0 : 2;
  let [wrong, size] = [0, 0];
  for (let at = 0; at < rows * row; at++) {
    const [given, right] = [data[first * row + at] ?? NaN, Number(expected.data[at])];
    wrong += (given - right) ** 2;
    size += (beside?.[first * row + at] ?? right) ** 2;
  }
  return wrong === 0 ? 0 : Math.sqrt(wrong / size);
}

function toFound(tensor: Tensor | null | undefined): Found {
  if (tensor === null || tensor === undefined) return { shape: [], data: [] };
  return { shape: tensor.dims, data: tensor.data as Float32Array };
}

/** The map, its gradient, and Grad-CAM before and after it is cut at 0 and enlarged. A transformer's first token is not of the picture. */
function mapTensors(map: Found, gradient: Found, image: Tensor): Readonly<Record<string, Found>> {
  const [rows = 0, ...sides] = map.shape;
  const [, , height = 0, width = 0] = image.dims;
  const tokens = sides.length === 2;
  const channels = (tokens ? sides[1] : sides[0]) ?? 0;
  const side = tokens ? Math.sqrt((sides[0] ?? 0) - 1) : 0;
  const from = tokens ? { height: side, width: side } : { height: sides[1] ?? 0, width: sides[2] ?? 0 };
  const row = sides.reduce((product, length) => product * length, 1);
  const skipped = tokens ? channels : 0;
  const cut = ({ data }: Found, at: number) => Array.from(data).slice(at * row + skipped, (at + 1) * row);
  const coarse = Array.from({ length: rows }, (_, at) =>
    gradCam({
      values: cut(map, at),
      gradients: cut(gradient, at),
      channels,
      places: from.height * from.width,
      order: tokens ? 'channels-last' : 'channels-first',
    }),
  );
  const enlarge = (change: (value: number) => number) =>
    coarse.flatMap((one) => [...upsampleBilinear(one.map(change), from, { height, width })]);
  // What is left above 0 may be little beside what was cut, and rounds as coarsely.
  const beside = enlarge(Math.abs);
  return {
    feature_map: map,
    feature_gradient: gradient,
    grad_cam_coarse: { shape: [rows, from.height, from.width], data: coarse.flatMap((one) => [...one]) },
    grad_cam: { shape: [rows, height, width], data: enlarge((value) => Math.max(value, 0)), beside },
  };
}

/** The pictures of a case as the model reads them, with the class that is explained of each. */
async function readPictures(one: ConformanceCase): Promise<{ readonly image: Tensor; readonly targets: readonly number[] }> {
  const numbers = (name: string) => Array.from<number | bigint>(one.tensors.get(name)?.data ?? []).map(Number);
  const stored = one.tensors.get('image');
  if (stored !== undefined)
    return { image: new Tensor('float32', Float32Array.from(numbers('image')), stored.shape), targets: numbers('target') };
  const golden = one.golden ?? '';
  const folder = join(findRoot(one.folder), 'models', golden.slice(golden.lastIndexOf('/') + 1), 'examples');
  const files = (await readdir(folder))
    .filter((name) => name.endsWith('.png'))
    .filter((name) => !name.endsWith('-256.png'))
    .sort();
  const pictures = await Promise.all(numbers('case_example').map((row) => readExample(join(folder, files[row] ?? ''))));
  const [{ width, height, channels } = { width: 0, height: 0, channels: 0 }] = pictures;
  const size = width * height;
  // (pixel / 255 - 0.45) / 0.25 in float32, as the classifiers were trained.
  const values = pictures.flatMap(({ bytes }) =>
    Array.from({ length: channels * size }, (_, at) => {
      const scaled = Math.fround((bytes[(at % size) * channels + Math.floor(at / size)] ?? NaN) / 255);
      return Math.fround(Math.fround(scaled - Math.fround(0.45)) / 0.25);
    }),
  );
  return {
    image: new Tensor('float32', Float32Array.from(values), [pictures.length, channels, height, width]),
    targets: numbers('case_target'),
  };
}
