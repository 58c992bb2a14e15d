import { TensorProto_DataType } from './generated/onnx-ml_pb.js';

/** Element types of tensors that Vitrine names; everything else is 'other'. */
export const elementTypes = [
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
  'other',
] as const;

export type ElementType = (typeof elementTypes)[number];

const names: ReadonlyMap<number, ElementType> = new Map([
  [TensorProto_DataType.FLOAT, 'float32'],
  [TensorProto_DataType.DOUBLE, 'float64'],
  [TensorProto_DataType.FLOAT16, 'float16'],
  [TensorProto_DataType.BFLOAT16, 'bfloat16'],
  [TensorProto_DataType.INT8, 'int8'],
  [TensorProto_DataType.INT16, 'int16'],
  [TensorProto_DataType.INT32, 'int32'],
  [TensorProto_DataType.INT64, 'int64'],
  [TensorProto_DataType.UINT8, 'uint8'],
  [TensorProto_DataType.UINT16, 'uint16'],
  [TensorProto_DataType.UINT32, 'uint32'],
  [TensorProto_DataType.UINT64, 'uint64'],
  [TensorProto_DataType.BOOL, 'bool'],
  [TensorProto_DataType.STRING, 'string'],
]);

/** @param code TensorProto.DataType, an open number in the file */
export function nameElementType(code: number): ElementType {
  return names.get(code) ?? 'other';
}
