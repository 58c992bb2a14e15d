import {
  AttributeProto_AttributeType as Type,
  TensorProto_DataType as DataType,
  type AttributeProtoSchema,
} from '../generated/onnx-ml_pb.js';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { NodeInit } from './graph-editor.js';

export type FloatType = 'float32' | 'float16' | 'float64';
/** bigint and its list are int and ints; number is float. */
export type AttributeInit = bigint | number | readonly bigint[];

const floatTypes = { float32: DataType.FLOAT, float16: DataType.FLOAT16, float64: DataType.DOUBLE } as const;

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
    private readonly opset: number,
    readonly float: FloatType,
  ) {}

  /** @returns the name of the only output, `output` where it is given */
  add(opType: string, inputs: readonly string[], attributes: Readonly<Record<string, AttributeInit>> = {}, output?: string): string {
    const name = `${this.prefix}/${this.nodes.length}/${opType}`;
    const made = output ?? `${name}/output`;
    const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...writeAttribute(value) }));
    this.nodes.push({ name, opType, input: [...inputs], output: [made], attribute });
    return made;
  }

  /** A constant int64 tensor, of rank 1, or a scalar for a single bigint. */
  integers(values: bigint | readonly bigint[]): string {
    const list = typeof values === 'bigint' ? [values] : [...values];
    const t = { dataType: DataType.INT64, dims: typeof values === 'bigint' ? [] : [BigInt(list.length)], int64Data: list };
    return this.constant(t);
  }

  /** A constant scalar of the writer's floating-point type; what that type cannot hold becomes its largest number. */
  number(value: number): string {
    const wide = this.constant({ dataType: DataType.FLOAT, dims: [], floatData: [value] });
    if (this.float === 'float32') return wide;
    const held = this.float === 'float16' ? Math.max(-65504, Math.min(65504, value)) : value;
    const exact = held === value ? wide : this.constant({ dataType: DataType.FLOAT, dims: [], floatData: [held] });
    return this.add('Cast', [exact], { to: BigInt(floatTypes[this.float]) });
  }

  toFloat(tensor: string): string {
    return this.add('Cast', [tensor], { to: BigInt(floatTypes[this.float]) });
  }

  toInteger(tensor: string): string {
    return this.add('Cast', [tensor], { to: BigInt(DataType.INT64) });
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

  /** One length of a tensor's shape, as a scalar. */
  length(tensor: string, axis: bigint): string {
    return this.add('Gather', [this.add('Shape', [tensor]), this.integers(axis)], { axis: 0n });
  }

  /** @param start of the part, and `end` behind it, each a tensor of one int64 */
  slice(tensor: string, start: string, end: string, axis: bigint): string {
    return this.add('Slice', [tensor, start, end, this.integers([axis])]);
  }

  private constant(t: NonNullable<MessageInitShape<typeof AttributeProtoSchema>['t']>): string {
    const name = `${this.prefix}/${this.nodes.length}/Constant`;
    this.nodes.push({ name, opType: 'Constant', output: [`${name}/output`], attribute: [{ name: 'value', type: Type.TENSOR, t }] });
    return `${name}/output`;
  }
}

export function writeAttribute(value: AttributeInit): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === 'bigint') return { type: Type.INT, i: value };
  if (typeof value === 'number') return { type: Type.FLOAT, f: value };
  return { type: Type.INTS, ints: [...value] };
}
