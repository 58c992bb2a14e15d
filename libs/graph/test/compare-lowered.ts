import { expect } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { buildOnnxModel, type OnnxModelOptions, type OnnxNode, type OnnxPort, type OnnxTensor } from '#testing';
import { lowerFused } from '../src/lower/lower-fused.js';
import { lowerings } from '../src/lower/lowerings.js';
import { readModelGraph } from '../src/read-model-graph.js';

type Feeds = Readonly<Record<string, Tensor>>;

/** A model of one fused node, and what it is fed. */
export interface LoweredCase {
  readonly op: string;
  /** com.microsoft where it is left out. */
  readonly domain?: string;
  /** In their order; null is left out. A stored one is an initialiser, the others are fed. */
  readonly inputs: readonly (readonly [name: string, tensor: Tensor, stored?: 'stored'] | null)[];
  /** Names; an empty one is left out. */
  readonly outputs?: readonly string[];
  /** Outputs that hold integers. */
  readonly integers?: readonly string[];
  readonly attributes?: OnnxNode['attributes'];
  readonly options?: OnnxModelOptions;
  /** The node computes in float16: what is fed and what comes out is float32, with casts between. */
  readonly half?: boolean;
}

export interface LoweredRun {
  /** Operators of the lowered model. */
  readonly operators: ReadonlySet<string>;
  /** Relative L2 error of each output against the fused kernel. */
  readonly errors: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** Numbers without pattern in (-1, 1), the same on every run. */
export function floats(shape: readonly number[], from = 0, scale = 1): Tensor {
  const length = shape.reduce((product, one) => product * one, 1);
  const numbers = Float32Array.from({ length }, (_, at) => Math.sin(12.9898 * (from + at) + 78.233 * Math.sin(at + from)) * scale);
  return new Tensor('float32', numbers, shape);
}

/** Up to 97 numbers in (-1, 1), of which no two are nearer than 0.02: what takes the largest takes the same one when they move a little. */
export function apart(shape: readonly number[], from = 0): Tensor {
  const length = shape.reduce((product, one) => product * one, 1);
  const numbers = Float32Array.from({ length }, (_, at) => ((((at + from) * 37) % 97) - 48.5) / 49);
  return new Tensor('float32', numbers, shape);
}

export function int32(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
  return new Tensor('int32', Int32Array.from(values), shape);
}

export function int64(values: readonly number[], shape: readonly number[] = [values.length]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), shape);
}

export const int = (value: number) => ({ int: value });

/** Runs a model with its fused node, and with primitives in its place, both without any fusing by the runtime. */
export async function compareLowered(one: LoweredCase): Promise<LoweredRun> {
  const { onnx, feeds, outputs } = buildCase(one);
  const [before, lowered] = [await run(onnx, feeds, outputs), await runLowered(one)];
  return { ...lowered, errors: Object.fromEntries(outputs.map((name) => [name, differ(before[name], lowered.outputs[name])])) };
}

/** Rounding of float32: sums of some ten numbers, in another order. */
export const tolerance = 1e-6;

/** Expects the outputs of the fused kernel of the lowered model, which has no fused node left. */
export async function expectEqual(one: LoweredCase, most = tolerance): Promise<void> {
  const { errors, operators } = await compareLowered(one);
  for (const [name, error] of Object.entries(errors)) expect([name, error <= most ? 'equal' : error]).toEqual([name, 'equal']);
  expect([...operators].filter((operator) => lowerings.has(operator))).toEqual([]);
}

/** Runs the lowered model alone, for operators that have no kernel here. */
export async function runLowered(one: LoweredCase): Promise<Omit<LoweredRun, 'errors'>> {
  const { onnx, feeds, outputs } = buildCase(one);
  const lowered = lowerFused(onnx, readModelGraph(onnx));
  if ('operator' in lowered) throw new Error(lowered.detail);
  const operators = new Set(
    readModelGraph(lowered.bytes).nodes.map(({ domain, opType }) => (domain === '' ? opType : `${domain}:${opType}`)),
  );
  return { operators, outputs: await run(lowered.bytes, feeds, outputs) };
}

/** Relative L2 error; infinite where shapes differ. */
export function differ(expected: Tensor | undefined, actual: Tensor | undefined): number {
  if (expected === undefined || actual?.dims.join() !== expected.dims.join() || actual.type !== expected.type) return Infinity;
  let [wrong, size] = [0, 0];
  expected.data.forEach((value, at) => {
    wrong += (Number(actual.data[at]) - Number(value)) ** 2;
    size += Number(value) ** 2;
  });
  return wrong === 0 ? 0 : Math.sqrt(wrong / size);
}

export function buildCase({
  op,
  domain = 'com.microsoft',
  inputs,
  outputs = ['y'],
  integers = [],
  attributes = {},
  options,
  half = false,
}: LoweredCase): {
  readonly onnx: Uint8Array;
  readonly feeds: Feeds;
  readonly outputs: readonly string[];
} {
  const given = inputs.filter((input) => input !== null);
  const fed = given.filter(([, , stored]) => stored === undefined);
  const named = outputs.filter((name) => name !== '');
  const node = { op, domain, inputs: inputs.map((input) => input?.[0] ?? ''), outputs, attributes };
  const graph = {
    inputs: fed.map(([name, tensor]) => port(name, tensor)),
    tensors: given.filter(([, , stored]) => stored !== undefined).map(([name, tensor]) => store(name, tensor)),
    outputs: named.map((name): OnnxPort => ({ name, type: integers.includes(name) ? 'int32' : 'float32', shape: null })),
    nodes: half ? writeHalf(node, given) : [node],
  };
  return { onnx: buildOnnxModel(graph, options), feeds: Object.fromEntries(fed.map(([name, tensor]) => [name, tensor])), outputs: named };
}

/** TensorProto.DataType. */
const [FLOAT, FLOAT16] = [1, 10];

/** A node that computes in float16, with casts around it. */
export function writeHalf(
  node: OnnxNode,
  given: readonly (readonly [name: string, tensor: Tensor, stored?: 'stored'])[],
): readonly OnnxNode[] {
  const cast = (input: string, output: string, to: number): OnnxNode => ({
    op: 'Cast',
    inputs: [input],
    outputs: [output],
    attributes: { to: int(to) },
  });
  const wide = new Set(given.flatMap(([name, { type }]) => (type === 'float32' ? [name] : [])));
  const narrow = (name: string) => (wide.has(name) ? `${name}_half` : name);
  return [
    ...[...wide].map((name) => cast(name, `${name}_half`, FLOAT16)),
    { ...node, inputs: node.inputs.map(narrow), outputs: node.outputs.map((name) => (name === '' ? '' : `${name}_half`)) },
    ...node.outputs.filter((name) => name !== '').map((name) => cast(`${name}_half`, name, FLOAT)),
  ];
}

function port(name: string, { type, dims }: Tensor): OnnxPort {
  return { name, type: type as OnnxPort['type'], shape: dims.map((length, axis) => (axis === 0 ? `${name}_rows` : length)) };
}

function store(name: string, { type, dims, data }: Tensor): OnnxTensor {
  return { name, type: type as OnnxTensor['type'], shape: dims, values: [...data].map(Number) };
}

async function run(onnx: Uint8Array, feeds: Feeds, outputs: readonly string[]): Promise<Readonly<Record<string, Tensor>>> {
  const session = await InferenceSession.create(onnx, { graphOptimizationLevel: 'disabled', intraOpNumThreads: 1, logSeverityLevel: 4 });
  try {
    return await session.run(feeds, outputs);
  } finally {
    await session.release();
  }
}
