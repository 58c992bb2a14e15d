import type { NodeWriter } from '../edit/node-writer.js';

/** What is measured of each row of attention, in the order in which it is given. */
export const measures = ['sum', 'least', 'most', 'entropy', 'first', 'separator', 'distance', 'self', 'previous'] as const;

export interface MeasuredTensors {
  /** uint8, of the shape of the rows: u stands for (u / 255)². */
  readonly bytes: string;
  /** float32, [`measures` x batch, ..., queries, 1]: all rows of one measure, then those of the next. Without places the last three are zeros. */
  readonly measures: string;
}

export interface MeasuredRows {
  /** Floating-point probabilities [..., queries, keys] of every query that was fed. */
  readonly whole: string;
  /** The rows to measure: `whole`, or some of its rows. */
  readonly rows: string;
  /** Which of the queries these are, a list of int64; null for all. */
  readonly queries: string | null;
  /** The keys that separate texts, a list of int64, not empty. */
  readonly separators: string;
  /** What the softmax of `whole` reads, float32, from opset 13 on; null where that is not known. */
  readonly scores: string | null;
  /** Whether queries and keys are of one text, so that queries have places among the keys; those that are fed are the last of them. */
  readonly placed: boolean;
}

/** TensorProto.DataType.UINT8 */
const UINT8 = 2n;
/** What is next to nothing beside any other term of an entropy, and has a logarithm. */
const tiny = 1e-37;
/** Below the logarithm of every float32. */
const lowest = -1e4;

/**
 * Lets the runtime measure rows of probabilities and round them to bytes, while they are in its caches: they need not leave it as floats.
 *
 * Sources: the measures are those of HeadMeter; QuantizeLinear rounds to the nearest byte, half to even.
 *
 * @param writer of float32
 */
export function writeMeasures(
  writer: NodeWriter,
  { whole, rows: given, queries, separators, scores, placed }: MeasuredRows,
): MeasuredTensors {
  const rows = writer.toFloat(given);
  const reduce = (op: 'ReduceSum' | 'ReduceMin' | 'ReduceMax', tensor: string) => writer.reduceLast(op, tensor);
  const take = (keys: string) => writer.add('Gather', [rows, keys], { axis: -1n });
  // A logarithm of its own costs twice as much as the softmax's. A masked key has none, and adds nothing.
  const logs =
    scores === null || queries !== null
      ? writer.add('Log', [writer.add('Max', [rows, writer.number(tiny)])])
      : writer.add('Max', [writer.add('LogSoftmax', [scores], { axis: -1n }), writer.number(lowest)]);
  const columns = [
    reduce('ReduceSum', rows),
    reduce('ReduceMin', rows),
    reduce('ReduceMax', rows),
    writer.add('Neg', [reduce('ReduceSum', writer.add('Mul', [rows, logs]))]),
    take(writer.integers([0n])),
    reduce('ReduceSum', take(separators)),
    ...(placed ? writePlaced(writer, whole, rows, queries) : writeZeros(writer, rows)),
  ];
  const zero = writer.add('Cast', [writer.integers(0n)], { to: UINT8 });
  const bytes = writer.add('QuantizeLinear', [writer.add('Sqrt', [rows]), writer.number(1 / 255), zero]);
  return { bytes, measures: writer.add('Concat', columns, { axis: 0n }) };
}

/** Measures that depend on where a query stands: its mean distance, and what it gives itself and the key before it. */
function writePlaced(writer: NodeWriter, whole: string, rows: string, queries: string | null): readonly string[] {
  const one = writer.integers(1n);
  const zero = writer.integers(0n);
  const keys = writer.length(whole, -1n);
  const fed = writer.length(whole, -2n);
  const offset = writer.add('Sub', [keys, fed]);
  const places = writer.add('Add', [queries ?? writer.add('Range', [zero, fed, one]), offset]);
  // [queries, 1]
  const standing = writer.unsqueeze(places, [1n]);
  const everyKey = writer.toFloat(writer.add('Range', [zero, keys, one]));
  const distances = writer.add('Abs', [writer.add('Sub', [everyKey, writer.toFloat(standing)])]);
  const shape = writer.add('Shape', [rows]);
  const leading = writer.slice(shape, writer.integers([0n]), writer.integers([-1n]), 0n);
  const ones = writer.add('Concat', [leading, writer.integers([1n])], { axis: 0n });
  // A key before the first is the last one; nobody reads what the first query gives it.
  const at = (key: string) => writer.add('GatherElements', [rows, writer.add('Expand', [key, ones])], { axis: -1n });
  return [writer.reduceLast('ReduceSum', writer.add('Mul', [rows, distances])), at(standing), at(writer.add('Sub', [standing, one]))];
}

function writeZeros(writer: NodeWriter, rows: string): readonly string[] {
  const zeros = writer.add('Mul', [writer.reduceLast('ReduceMin', rows), writer.number(0)]);
  return [zeros, zeros, zeros];
}
