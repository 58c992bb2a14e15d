import { expect } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildOnnxModel, type OnnxModelOptions, type OnnxNode, type OnnxPort, type OnnxTensor } from '#testing';
import { appendOutputs } from '../src/append-outputs.js';
import { differentiate, type DifferentiatedModel } from '../src/gradients/differentiate.js';
import type { GradientRefusal } from '../src/gradients/gradient-rule.js';
import { GraphFacts, type TensorFacts } from '../src/gradients/graph-facts.js';
import { readModelGraph } from '../src/read-model-graph.js';
import { floats, writeHalf } from './compare-lowered.js';

type Feeds = Readonly<Record<string, Tensor>>;
type Input = readonly [name: string, tensor: Tensor, stored?: 'stored'];

/** A model of one node, and what it is fed. */
export interface GradientCase {
  readonly op: string;
  /** ai.onnx where it is left out. */
  readonly domain?: string;
  /** In their order; null is left out. A stored one is an initialiser, the others are fed. */
  readonly inputs: readonly (Input | null)[];
  /** Names; an empty one is left out. */
  readonly outputs?: readonly string[];
  readonly attributes?: OnnxNode['attributes'];
  /** What nodes behind that one read beside it, stored. */
  readonly constants?: readonly (readonly [name: string, tensor: Tensor])[];
  /** Whether nodes that round are passed. */
  readonly straightThrough?: boolean;
  /** Nodes behind that one. */
  readonly more?: readonly OnnxNode[];
  readonly options?: OnnxModelOptions;
  /** Name of the output that is explained: the first where it is left out. */
  readonly of?: string;
  /** Names of the inputs whose gradients are compared: all that are fed and hold floating-point numbers where they are left out. */
  readonly wanted?: readonly string[];
  /** What the graph computes in: float64 where the runtime has kernels for it. Floats of the case are given as float32. */
  readonly float?: 'float32' | 'float64';
  /** The gradient is of a graph that computes in float16 behind casts; the differences are of the graph in float32. */
  readonly half?: boolean;
  /** Of the differences. The default suits smooth functions of numbers near 1. */
  readonly step?: number;
  readonly tolerance?: number;
}

/** Feeds of 2 and 3 rows tell the shapes; the gradient is taken at 4. A plain case has one size only. */
export type SizedCase = GradientCase | ((rows: number) => GradientCase);

/**
 * Fourth-order differences leave h⁴ / 30 of the fifth derivative and rounding of about ε / h. float64: h = 1e-3, so 1e-13 of each. float32:
 * h = 0.05, so 2e-7 of the first and 2e-6 of the second, times the size of what is summed. An operator that is linear in its input has no error of the
 * first kind; its case sets the step to 1.
 */
const defaults = { float64: { step: 1e-3, tolerance: 1e-9 }, float32: { step: 0.05, tolerance: 1e-4 } } as const;

export interface ComparedGradient {
  /** Relative L2 error of each wanted gradient. */
  readonly errors: Readonly<Record<string, number>>;
  readonly gradients: Readonly<Record<string, Tensor | null>>;
}

/** Expects the gradients of the differences of the operator's own forward pass, with the runtime's optimisations and without. */
export async function expectGradient(sized: SizedCase): Promise<void> {
  const { errors } = await compareGradient(sized);
  const most = limitOf(build(sized, 4).one);
  for (const [name, error] of Object.entries(errors)) expect([name, error <= most ? 'equal' : error]).toEqual([name, 'equal']);
  expect(Object.keys(errors).length).toBeGreaterThan(0);
}

export async function compareGradient(sized: SizedCase): Promise<ComparedGradient> {
  const { onnx, feeds, one } = build(sized, 4);
  const wanted = wantedOf(one);
  const of = explainedOf(one);
  const given = await differentiateCase(sized);
  if ('operator' in given) throw new Error(given.detail);
  const forward = await open(onnx, 'disabled');
  try {
    const [y] = await read(forward, feeds, [of]);
    if (y === undefined) throw new RangeError(`the model gives no ${of}`);
    const weights = floats(y.dims, 77);
    const names = given.gradients.flatMap((name) => name ?? []);
    const plain = await runOnce(given.bytes, { ...feeds, [given.weights]: weights }, names, 'disabled');
    const optimised = await runOnce(given.bytes, { ...feeds, [given.weights]: weights }, names, 'all');
    const found = new Map(names.map((name, at) => [name, [plain[at], optimised[at]] as const]));
    const errors: Record<string, number> = {};
    const gradients: Record<string, Tensor | null> = {};
    const step = one.step ?? defaults[floatOf(one)].step;
    for (const [at, name] of wanted.entries()) {
      const expected = await differenceAll(forward, { feeds, of, weights, name, step });
      const pair = found.get(given.gradients[at] ?? '') ?? [];
      const shape = feeds[name]?.dims ?? [];
      const sizes =
        given.gradients[at] === null ? [measure(expected, zeros(shape), shape)] : pair.map((one) => measure(expected, one, shape));
      errors[name] = sizes.length === 0 ? Infinity : Math.max(...sizes);
      gradients[name] = pair[0] ?? null;
    }
    return { errors, gradients };
  } finally {
    await forward.release();
  }
}

/** The model with its backward pass, or why it has none. */
export async function differentiateCase(sized: SizedCase): Promise<DifferentiatedModel | GradientRefusal> {
  const { half = false, straightThrough = false } = build(sized, 4).one;
  const { onnx, one } = build(sized, 4, half);
  const graph = readModelGraph(onnx);
  const facts = await readFacts(onnx, [build(sized, 2).feeds, build(sized, 3).feeds]);
  return differentiate(onnx, graph, facts, { output: explainedOf(one), space: 'raw', wanted: wantedOf(one), straightThrough });
}

/** Types, shapes and small constants of all tensors, as trial runs show them. */
async function readFacts(onnx: Uint8Array, trials: readonly Feeds[]): Promise<GraphFacts> {
  const graph = readModelGraph(onnx);
  const own = graph.outputs.map(({ name }) => name);
  const made = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  const stored = [...graph.initializers.keys()];
  const names = [...new Set([...own, ...made, ...stored])];
  const session = await open(
    appendOutputs(
      onnx,
      names.filter((name) => !own.includes(name)),
    ),
    'disabled',
  );
  try {
    const runs: Feeds[] = [];
    for (const feeds of trials) {
      const tensors = await read(session, feeds, names);
      runs.push({ ...feeds, ...Object.fromEntries(names.flatMap((name, at) => (tensors[at] === undefined ? [] : [[name, tensors[at]]]))) });
    }
    const facts = Object.keys(runs[0] ?? {}).map((name): [string, TensorFacts] => {
      const found = runs.flatMap((run) => run[name] ?? []);
      const constant = stored.includes(name) || !(name in (trials[0] ?? {}));
      return [name, { type: found[0]?.type ?? '', shapes: found.map(({ dims }) => dims), values: constant ? sharedValues(found) : null }];
    });
    return new GraphFacts(new Map(facts));
  } finally {
    await session.release();
  }
}

function sharedValues(tensors: readonly Tensor[]): readonly number[] | null {
  const [first, ...others] = tensors.map(({ data, size }) => (size <= 64 ? [...data].map(Number) : null));
  return first !== undefined && first !== null && others.every((one) => one?.join() === first.join()) ? first : null;
}

interface Differences {
  readonly feeds: Feeds;
  readonly of: string;
  readonly weights: Tensor;
  readonly name: string;
  readonly step: number;
}

/** d Σ weights · output / d input, by (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h. */
async function differenceAll(session: InferenceSession, { feeds, of, weights, name, step }: Differences): Promise<Float64Array> {
  const tensor = feeds[name];
  if (tensor === undefined) throw new RangeError(`${name} is not fed`);
  const numbers = Float64Array.from(tensor.data as Float32Array);
  const answer = async (at: number, shift: number): Promise<number> => {
    const moved = numbers.slice();
    moved[at] = (moved[at] ?? 0) + shift;
    const [y] = await read(session, { ...feeds, [name]: makeTensor(tensor.type, moved, tensor.dims) }, [of]);
    const outputs = y?.data as Float32Array;
    return outputs.reduce((sum, value, place) => sum + value * Number(weights.data[place]), 0);
  };
  const slopes = new Float64Array(numbers.length);
  for (const at of numbers.keys()) {
    const [far, near] = [
      (await answer(at, 2 * step)) - (await answer(at, -2 * step)),
      (await answer(at, step)) - (await answer(at, -step)),
    ];
    slopes[at] = (8 * near - far) / (12 * step);
  }
  return slopes;
}

/** Relative L2 error; infinite where the shape is not that of the input. */
function measure(expected: Float64Array, actual: Tensor | undefined, shape: readonly number[]): number {
  if (actual?.dims.join() !== shape.join()) return Infinity;
  let [wrong, size] = [0, 0];
  for (const [at, value] of expected.entries()) {
    wrong += (Number(actual.data[at]) - value) ** 2;
    size += value ** 2;
  }
  return wrong === 0 ? 0 : Math.sqrt(wrong / (size || 1));
}

function build(
  sized: SizedCase,
  rows: number,
  half = false,
): { readonly onnx: Uint8Array; readonly feeds: Feeds; readonly one: GradientCase } {
  const one = typeof sized === 'function' ? sized(rows) : sized;
  const constants = (one.constants ?? []).map(([name, tensor]): Input => [name, tensor, 'stored']);
  const given = [
    ...new Map([...one.inputs, ...constants].flatMap((input) => (input === null ? [] : [[input[0], input] as const]))).values(),
  ];
  const fed = given.filter(([, , stored]) => stored === undefined).map(([name, tensor]) => [name, typed(one, tensor)] as const);
  const { op, domain = '', inputs, outputs = ['y'], attributes = {}, more = [], options } = one;
  const node = { op, domain, inputs: inputs.map((input) => input?.[0] ?? ''), outputs, attributes };
  const graph = {
    inputs: fed.map(([name, { type, dims }]): OnnxPort => {
      const shape = dims.map((length, axis) => (varies(sized, name, axis) ? `${name}_${axis}` : length));
      return { name, type: type as OnnxPort['type'], shape };
    }),
    tensors: given
      .filter(([, , stored]) => stored !== undefined)
      .map(([name, tensor]) => [name, typed(one, tensor)] as const)
      .map(([name, { type, dims, data }]): OnnxTensor => {
        return { name, type: type as OnnxTensor['type'], shape: dims, values: [...data].map(Number) };
      }),
    outputs: [{ name: explainedOf(one), type: floatOf(one), shape: null }],
    nodes: half ? writeHalf(node, given) : [node, ...more],
  };
  return { onnx: buildOnnxModel(graph, options), feeds: Object.fromEntries(fed), one };
}

function varies(sized: SizedCase, name: string, axis: number): boolean {
  if (typeof sized !== 'function') return false;
  const [one, other] = [2, 3].map((rows) => sized(rows).inputs.find((input) => input?.[0] === name)?.[1].dims[axis]);
  return one !== other;
}

function explainedOf({ of, outputs = ['y'] }: GradientCase): string {
  return of ?? outputs[0] ?? '';
}

function floatOf({ float = 'float64' }: GradientCase): 'float32' | 'float64' {
  return float;
}

function limitOf(one: GradientCase): number {
  return one.tolerance ?? defaults[floatOf(one)].tolerance;
}

function wantedOf({ wanted, inputs }: GradientCase): readonly string[] {
  return wanted ?? [...new Set(inputs.flatMap((input) => (input?.[1].type === 'float32' && input[2] === undefined ? [input[0]] : [])))];
}

function typed(one: GradientCase, tensor: Tensor): Tensor {
  return tensor.type === 'float32' ? makeTensor(floatOf(one), Float64Array.from(tensor.data as Float32Array), tensor.dims) : tensor;
}

function makeTensor(type: string, numbers: Float64Array, shape: readonly number[]): Tensor {
  return type === 'float64' ? new Tensor('float64', numbers, shape) : new Tensor('float32', Float32Array.from(numbers), shape);
}

function zeros(shape: readonly number[]): Tensor {
  return new Tensor('float32', new Float32Array(shape.reduce((product, length) => product * length, 1)), shape);
}

async function open(onnx: Uint8Array, graphOptimizationLevel: 'disabled' | 'all'): Promise<InferenceSession> {
  return await InferenceSession.create(onnx, { graphOptimizationLevel, intraOpNumThreads: 1, logSeverityLevel: 4 });
}

async function read(session: InferenceSession, feeds: Feeds, names: readonly string[]): Promise<readonly (Tensor | undefined)[]> {
  const found = await session.run(feeds, names);
  return names.map((name) => found[name]);
}

async function runOnce(onnx: Uint8Array, feeds: Feeds, names: readonly string[], level: 'disabled' | 'all') {
  const session = await open(onnx, level);
  try {
    return names.length === 0 ? [] : await read(session, feeds, names);
  } finally {
    await session.release();
  }
}
