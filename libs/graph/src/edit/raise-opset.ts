import { create, toBinary } from '@bufbuild/protobuf';
import { decodeModel } from '../decode-model.js';
import { ModelProtoSchema, OperatorSetIdProtoSchema } from '../generated/onnx-ml_pb.js';
import type { ModelGraph } from '../model-graph.js';

/** The first version whose operators broadcast as they do today, and the one that models are raised to. */
const [first, raised] = [7, 11];

/** Operators whose definitions between the two add types, or axes counted from the end, and change nothing else. */
const unchanged = new Set([
  ...[
    'Abs',
    'Add',
    'ArgMax',
    'ArgMin',
    'Cast',
    'Concat',
    'Constant',
    'Div',
    'Exp',
    'Flatten',
    'Gather',
    'Gemm',
    'Identity',
    'Log',
    'MatMul',
  ],
  ...['Mul', 'Neg', 'Pow', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceSum', 'Relu', 'Reshape', 'Shape', 'Sigmoid', 'Softmax', 'Sqrt'],
  ...['Squeeze', 'Sub', 'Sum', 'Tanh', 'Transpose', 'Unsqueeze'],
]);

/**
 * Lets a model that imports an early ai.onnx, or none, import 11, where each of its operators means the same in both: converters import the
 * least that a pipeline needs, and what is appended to it needs more.
 *
 * @param bytes what `graph` was read from, without functions
 * @returns new bytes, or the same where it has 11 or more, or an operator that changed
 * Source: ONNX, docs/Changelog.md, versions 7 to 11.
 */
export function raiseOpset(bytes: Uint8Array, graph: ModelGraph): Uint8Array {
  const own = graph.opsets.get('');
  const used = graph.nodes.filter(({ domain }) => domain === '');
  const fits = own === undefined ? used.length === 0 : own >= first && own < raised && used.every(({ opType }) => unchanged.has(opType));
  if (!fits) return bytes;
  const model = decodeModel(bytes);
  const others = model.opsetImport.filter(({ domain }) => domain !== '' && domain !== 'ai.onnx');
  model.opsetImport = [...others, create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(raised) })];
  return toBinary(ModelProtoSchema, model);
}
