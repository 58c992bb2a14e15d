import { getTextEncoding } from '@bufbuild/protobuf/wire';
import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as Type,
  TensorProto_DataType as DataType,
  type AttributeProtoSchema,
  type TensorProtoSchema,
} from '../generated/onnx-ml_pb.js';
import type { NodeInit } from './graph-editor.js';

export type FloatType = 'float32' | 'float16' | 'float64';
/** bigint and its list are int and ints; number is float. */
export type AttributeInit = bigint | number | string | readonly bigint[];

type Attributes = Readonly<Record<string, AttributeInit>>;

const types = { float32: DataType.FLOAT, float16: DataType.FLOAT16, float64: DataType.DOUBLE, int32: DataType.INT32 } as const;
const END = 2n ** 63n - 1n;

/** Writes primitive nodes one after the other; every tensor gets a name of its own. */
export class NodeWriter {
  readonly nodes: NodeInit[] = [];

  /**
   * @param prefix of the names of all nodes and tensors; nothing in the graph may begin with it
   * @param opset version of ai.onnx that the model imports
   * @param float type of the numbers that are computed with
   */
  constructor(
    private readonly prefix: string,
    readonly opset: number,
    readonly float: FloatType,
  ) {}

  /** @returns the name of the only output, `output` where it is given */
  add(opType: string, inputs: readonly string[], attributes: Attributes = {}, output?: string): string {
    const name = `${this.prefix}/${this.nodes.length}/${opType}`;
    const made = output ?? `${name}/output`;
    this.addAll(opType, inputs, attributes, [made]);
    return made;
  }

  /** @param outputs names of all outputs; an empty one is left out */
  addAll(opType: string, inputs: readonly string[], attributes: Attributes, outputs: readonly string[]): void {
    const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...writeAttribute(value) }));
    const kept = outputs.slice(0, outputs.findLastIndex((output) => output !== '') + 1);
    this.nodes.push({ name: `${this.prefix}/${this.nodes.length}/${opType}`, opType, input: [...inputs], output: kept, attribute });
  }

  /** A constant int64 tensor, of rank 1, or a scalar for a single bigint. */
  integers(values: bigint | readonly bigint[]): string {
    const list = typeof values === 'bigint' ? [values] : [...values];
    return this.constant({ dataType: DataType.INT64, dims: typeof values === 'bigint' ? [] : [BigInt(list.length)], int64Data: list });
  }

  /** A constant scalar of the writer's floating-point type; what that type cannot hold becomes its largest number. */
  number(value: number): string {
    const held = this.float === 'float16' ? Math.max(-65504, Math.min(65504, value)) : value;
    if (this.float === 'float64') return this.constant({ dataType: DataType.DOUBLE, dims: [], doubleData: [held] });
    const wide = this.constant({ dataType: DataType.FLOAT, dims: [], floatData: [held] });
    return this.float === 'float32' ? wide : this.toFloat(wide);
  }

  /** Constant numbers of float32: a list where no shape is given. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant({ dataType: DataType.FLOAT, dims: shape.map(BigInt), floatData: [...values] });
  }

  toFloat(tensor: string): string {
    return this.cast(tensor, this.float);
  }

  toInteger(tensor: string): string {
    return this.add('Cast', [tensor], { to: BigInt(DataType.INT64) });
  }

  cast(tensor: string, to: FloatType | 'int32', output?: string): string {
    return this.add('Cast', [tensor], { to: BigInt(types[to]) }, output);
  }

  unsqueeze(tensor: string, axes: readonly bigint[]): string {
    if (this.opset < 13) return this.add('Unsqueeze', [tensor], { axes });
    return this.add('Unsqueeze', [tensor, this.integers(axes)]);
  }

  /** Over the last axis, which is kept with length 1. */
  reduceLast(opType: 'ReduceSum' | 'ReduceMin' | 'ReduceMax', tensor: string): string {
    if (this.opset < (opType === 'ReduceSum' ? 13 : 18)) return this.add(opType, [tensor], { axes: [-1n] });
    return this.add(opType, [tensor, this.integers([-1n])]);
  }

  /** Means over axes, which stay with length 1. */
  mean(tensor: string, axes: readonly bigint[]): string {
    if (this.opset < 18) return this.add('ReduceMean', [tensor], { axes, keepdims: 1n });
    return this.add('ReduceMean', [tensor, this.integers(axes)], { keepdims: 1n });
  }

  /** Sums over one axis, which goes. */
  sum(tensor: string, axis: bigint): string {
    if (this.opset < 13) return this.add('ReduceSum', [tensor], { axes: [axis], keepdims: 0n });
    return this.add('ReduceSum', [tensor, this.integers([axis])], { keepdims: 0n });
  }

  /** One length of a tensor's shape, as a scalar. */
  length(tensor: string, axis: bigint): string {
    return this.add('Gather', [this.add('Shape', [tensor]), this.integers(axis)], { axis: 0n });
  }

  /** Lengths of a tensor's shape, as a list. */
  lengths(tensor: string, start: bigint, end = END): string {
    return this.slice(this.add('Shape', [tensor]), this.integers([start]), this.integers([end]), 0n);
  }

  /** 0, 1, ... before `length`, a scalar of int64. */
  range(length: string): string {
    return this.add('Range', [this.integers(0n), length, this.integers(1n)]);
  }

  /** @param start of the part, and `end` behind it, each a tensor of one int64 */
  slice(tensor: string, start: string, end: string, axis: bigint): string {
    return this.add('Slice', [tensor, start, end, this.integers([axis])]);
  }

  /** The part from `start` on; up to `end`, which is left out, or to the last. */
  part(tensor: string, start: bigint, end: bigint | null, axis: bigint): string {
    return this.slice(tensor, this.integers([start]), this.integers([end ?? END]), axis);
  }

  private constant(t: MessageInitShape<typeof TensorProtoSchema>): string {
    const name = `${this.prefix}/${this.nodes.length}/Constant`;
    this.nodes.push({ name, opType: 'Constant', output: [`${name}/output`], attribute: [{ name: 'value', type: Type.TENSOR, t }] });
    return `${name}/output`;
  }
}

export function writeAttribute(value: AttributeInit): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'bigint') return { type: Type.INT, i: value };
  if (typeof value === 'number') return { type: Type.FLOAT, f: value };
  if (typeof value === 'string') return { type: Type.STRING, s: getTextEncoding().encodeUtf8(value) };
  return { type: Type.INTS, ints: [...value] };
}
