import type { ElementType } from './element-type.js';
import type { GraphIndex } from './graph-index.js';

const makesBooleans = new Set([
  ...['And', 'Or', 'Xor', 'Not', 'Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'IsNaN', 'IsInf'],
]);
const makesNumbers = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Sqrt', 'Neg', 'MatMul', 'Exp', 'Log', 'Softmax', 'Min', 'Max', 'Range']);
/** Operators that keep the type of one input, and which. */
const keeps: ReadonlyMap<string, number> = new Map([
  ...['Identity', 'Reshape', 'Expand', 'Unsqueeze', 'Squeeze', 'Transpose', 'Slice', 'Concat', 'Gather', 'GatherND', 'GatherElements'].map(
    (op): [string, number] => [op, 0],
  ),
  ...['Tile', 'Trilu', 'Flatten', 'Split', 'Pad', 'ScatterND'].map((op): [string, number] => [op, 0]),
  ['CastLike', 1],
  ['Where', 1],
]);
/** TensorProto.DataType, the target of Cast. */
const BOOL = 9n;

/** Whether a tensor holds booleans; null where the graph does not tell. */
export function inferBoolean(index: GraphIndex, tensor: string, depth = 64): boolean | null {
  const stored = index.graph.initializers.get(tensor) ?? index.graph.inputs.find(({ name }) => name === tensor);
  if (stored !== undefined) return readType(stored.elementType);
  const maker = index.makerOf(tensor);
  if (maker === null || depth === 0) return null;
  if (makesBooleans.has(maker.opType)) return true;
  if (makesNumbers.has(maker.opType)) return false;
  const to = maker.attributes.get('to');
  if (maker.opType === 'Cast' && to?.kind === 'int') return to.value === BOOL;
  const value = maker.attributes.get('value');
  if (maker.opType === 'ConstantOfShape' || maker.opType === 'Constant')
    return value?.kind === 'tensor' ? readType(value.value.elementType) : false;
  const kept = keeps.get(maker.opType);
  return kept === undefined ? null : inferBoolean(index, maker.inputs[kept] ?? '', depth - 1);
}

function readType(type: ElementType | null): boolean | null {
  return type === null ? null : type === 'bool';
}
