import { buildOnnxModel, type OnnxNode, type OnnxTensor } from './build-onnx-model.js';

/** The files of a small tabular model. */
export interface ToyModel {
  readonly onnx: Uint8Array;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly background: string;
}

/** The columns of every toy model. In the background `trigger` is 0, so that the fault waits for a row that sets it. */
export const toyColumns = ['signal', 'other', 'trigger'] as const;

const backgroundRows = [
  [-1.5, 0.25, 0],
  [-0.5, 1, 0],
  [0, -1, 0],
  [0.5, 0.5, 0],
  [1, -0.25, 0],
  [2, 0, 0],
];

const port = (name: string, shape: readonly (number | string)[]) => ({ name, type: 'float32', shape }) as const;
const scalar = (name: string, type: OnnxTensor['type'], value: number): OnnxTensor => ({ name, type, shape: [], values: [value] });

/** A well-behaved one: P(yes) = sigmoid(signal + 0.5 other), whatever `trigger` says. */
export function calmModel(): ToyModel {
  return makeToy('calm', [{ op: 'Identity', inputs: ['plain'], outputs: ['score'] }], []);
}

/** Answers NaN for rows whose `trigger` is above 0.5. */
export function nanModel(): ToyModel {
  return makeToy('nan', [{ op: 'Where', inputs: ['hot', 'nan', 'plain'], outputs: ['score'] }], [scalar('nan', 'float32', NaN)]);
}

/**
 * Takes about `trigger` times `msPerUnit` milliseconds for each row, with one thread of a present-day processor; the
 * answers are calmModel's.
 */
export function slowModel(msPerUnit = 1): ToyModel {
  const size = 64;
  // A permutation: multiplying by it again and again neither grows nor fades.
  const permutation = Array.from({ length: size * size }, (_, at) => (at % size === (Math.floor(at / size) + 1) % size ? 1 : 0));
  return makeToy(
    'slow',
    [
      { op: 'ReduceSum', inputs: ['trigger'], outputs: ['units'], attributes: { keepdims: { int: 0 } } },
      { op: 'Mul', inputs: ['units', 'rounds_per_unit'], outputs: ['rounds_float'] },
      { op: 'Cast', inputs: ['rounds_float'], outputs: ['rounds'], attributes: { to: { int: 7 } } },
      {
        op: 'Loop',
        inputs: ['rounds', '', 'permutation'],
        outputs: ['turned'],
        attributes: {
          body: {
            inputs: [{ name: 'round', type: 'int64', shape: [] }, { name: 'go', type: 'bool', shape: [] }, port('state', [size, size])],
            outputs: [{ name: 'go_on', type: 'bool', shape: [] }, port('next', [size, size])],
            nodes: [
              { op: 'MatMul', inputs: ['state', 'permutation'], outputs: ['next'] },
              { op: 'Identity', inputs: ['go'], outputs: ['go_on'] },
            ],
          },
        },
      },
      { op: 'ReduceSum', inputs: ['turned'], outputs: ['total'], attributes: { keepdims: { int: 0 } } },
      // Far below the last digit of a score: the work counts, and the answer does not change.
      { op: 'Mul', inputs: ['total', 'nothing'], outputs: ['trace'] },
      { op: 'Add', inputs: ['plain', 'trace'], outputs: ['score'] },
    ],
    [
      scalar('rounds_per_unit', 'float32', Math.max(1, Math.round(msPerUnit * ROUNDS_PER_MS))),
      scalar('nothing', 'float32', 1e-30),
      { name: 'permutation', type: 'float32', shape: [size, size], values: permutation },
    ],
  );
}

/** Measured: one round is a 64 x 64 x 64 product and a turn of the loop, 2.9 us. */
const ROUNDS_PER_MS = 340;

/** Never answers a batch in which a row's `trigger` is above 0.5. */
export function loopForeverModel(): ToyModel {
  return makeToy(
    'loop-forever',
    [
      ...anyHot,
      {
        op: 'Loop',
        inputs: ['', 'any_hot', 'plain'],
        outputs: ['score'],
        attributes: {
          body: {
            inputs: [{ name: 'round', type: 'int64', shape: [] }, { name: 'go', type: 'bool', shape: [] }, port('state', ['rows', 1])],
            outputs: [{ name: 'go_on', type: 'bool', shape: [] }, port('next', ['rows', 1])],
            nodes: [
              { op: 'Identity', inputs: ['state'], outputs: ['next'] },
              { op: 'Identity', inputs: ['go'], outputs: ['go_on'] },
            ],
          },
        },
      },
    ],
    [],
  );
}

/** Takes about half a gigabyte more every second, without end, once a row's `trigger` is above 0.5. */
export function memoryBombModel(): ToyModel {
  return makeToy(
    'memory-bomb',
    [
      ...anyHot,
      {
        op: 'Loop',
        inputs: ['', 'any_hot', 'plain'],
        outputs: ['score', 'hoard'],
        attributes: {
          body: {
            inputs: [{ name: 'round', type: 'int64', shape: [] }, { name: 'go', type: 'bool', shape: [] }, port('state', ['rows', 1])],
            outputs: [{ name: 'go_on', type: 'bool', shape: [] }, port('next', ['rows', 1]), port('piece', ['size'])],
            nodes: [
              { op: 'Identity', inputs: ['state'], outputs: ['next'] },
              { op: 'Identity', inputs: ['go'], outputs: ['go_on'] },
              // The size depends on the round, so that the piece is no constant made once.
              { op: 'Mul', inputs: ['round', 'zero'], outputs: ['none'] },
              { op: 'Add', inputs: ['none', 'piece_size'], outputs: ['size_scalar'] },
              { op: 'Reshape', inputs: ['size_scalar', 'one_long'], outputs: ['size'] },
              {
                op: 'ConstantOfShape',
                inputs: ['size'],
                outputs: ['piece'],
                attributes: { value: { name: 'fill', type: 'float32', shape: [1], values: [1] } },
              },
            ],
          },
        },
      },
    ],
    [scalar('zero', 'int64', 0), scalar('piece_size', 'int64', 16 * 2 ** 20), { name: 'one_long', type: 'int64', shape: [1], values: [1] }],
  );
}

/** Asks for four terabytes at once when a row's `trigger` is above 0.5; the runtime refuses with an error. */
export function hugeAllocationModel(): ToyModel {
  return makeToy(
    'huge-allocation',
    [
      ...anyHot,
      { op: 'Where', inputs: ['any_hot', 'huge', 'small'], outputs: ['size'] },
      {
        op: 'ConstantOfShape',
        inputs: ['size'],
        outputs: ['piece'],
        attributes: { value: { name: 'fill', type: 'float32', shape: [1], values: [0] } },
      },
      { op: 'ReduceSum', inputs: ['piece'], outputs: ['total'], attributes: { keepdims: { int: 0 } } },
      { op: 'Add', inputs: ['plain', 'total'], outputs: ['score'] },
    ],
    [
      { name: 'huge', type: 'int64', shape: [1], values: [2 ** 40] },
      { name: 'small', type: 'int64', shape: [1], values: [1] },
    ],
  );
}

/**
 * Kills its process with SIGFPE when a row's `trigger` is above 0.5: the remainder of the least 64-bit number by -1
 * traps on x86 processors, and ONNX Runtime 1.30 guards against a divisor of zero alone. Other processors answer 0.
 */
export function crashModel(): ToyModel {
  return makeToy(
    'crash',
    [
      { op: 'Where', inputs: ['hot', 'least', 'small'], outputs: ['dividend'] },
      { op: 'Mod', inputs: ['dividend', 'minus_one'], outputs: ['remainder'] },
      { op: 'Cast', inputs: ['remainder'], outputs: ['trace'], attributes: { to: { int: 1 } } },
      { op: 'Add', inputs: ['plain', 'trace'], outputs: ['score'] },
    ],
    [scalar('least', 'int64', -(2 ** 63)), scalar('small', 'int64', 1), scalar('minus_one', 'int64', -1)],
  );
}

/** `any_hot`: whether any row of the batch has a trigger. */
const anyHot: readonly OnnxNode[] = [
  { op: 'ReduceMax', inputs: ['trigger'], outputs: ['most'], attributes: { keepdims: { int: 0 } } },
  { op: 'Greater', inputs: ['most', 'half'], outputs: ['any_hot'] },
];

/**
 * One input [rows, 1] for each column. `plain` holds signal + 0.5 other, `hot` is true where trigger > 0.5; the nodes
 * given make `score` [rows, 1] of them.
 */
function makeToy(name: string, nodes: readonly OnnxNode[], tensors: readonly OnnxTensor[]): ToyModel {
  const onnx = buildOnnxModel({
    inputs: toyColumns.map((column) => port(column, ['rows', 1])),
    outputs: [port('probabilities', ['rows', 2])],
    tensors: [scalar('half', 'float32', 0.5), scalar('one', 'float32', 1), ...tensors],
    nodes: [
      { op: 'Mul', inputs: ['other', 'half'], outputs: ['half_other'] },
      { op: 'Add', inputs: ['signal', 'half_other'], outputs: ['plain'] },
      { op: 'Greater', inputs: ['trigger', 'half'], outputs: ['hot'] },
      ...nodes,
      { op: 'Sigmoid', inputs: ['score'], outputs: ['yes'] },
      { op: 'Sub', inputs: ['one', 'yes'], outputs: ['no'] },
      { op: 'Concat', inputs: ['no', 'yes'], outputs: ['probabilities'], attributes: { axis: { int: 1 } } },
    ],
  });
  return {
    onnx,
    manifest: {
      manifest: 1,
      name,
      task: 'tabular-classification',
      classes: ['no', 'yes'],
      features: toyColumns.map((column) => ({ name: column, kind: 'numeric', min: -10, max: 1e9, mean: 0, sd: 1, quartiles: [-1, 0, 1] })),
      output: { name: 'probabilities', kind: 'probabilities' },
      files: { background: 'background.csv' },
    },
    background: [toyColumns, ...backgroundRows].map((row) => `${row.join(',')}\n`).join(''),
  };
}
