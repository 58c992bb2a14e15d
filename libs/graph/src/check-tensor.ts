import { TensorProto_DataLocation, TensorProto_DataType as DataType, type TensorProto } from './generated/onnx-ml_pb.js';
import { GraphProblem } from './graph-problem.js';
import { readExternalData } from './read-external-data.js';

/** A protobuf message ends at 2 GiB; a tensor outside the file may be larger. */
const mostBytesInside = 2 ** 31;
const mostElements = 2 ** 40;

/** Bits of an element; 0 where elements have no fixed size. */
const bitsOf: ReadonlyMap<number, number> = new Map([
  [DataType.FLOAT, 32],
  [DataType.UINT8, 8],
  [DataType.INT8, 8],
  [DataType.UINT16, 16],
  [DataType.INT16, 16],
  [DataType.INT32, 32],
  [DataType.INT64, 64],
  [DataType.STRING, 0],
  [DataType.BOOL, 8],
  [DataType.FLOAT16, 16],
  [DataType.DOUBLE, 64],
  [DataType.UINT32, 32],
  [DataType.UINT64, 64],
  [DataType.COMPLEX64, 64],
  [DataType.COMPLEX128, 128],
  [DataType.BFLOAT16, 16],
  [DataType.FLOAT8E4M3FN, 8],
  [DataType.FLOAT8E4M3FNUZ, 8],
  [DataType.FLOAT8E5M2, 8],
  [DataType.FLOAT8E5M2FNUZ, 8],
  [DataType.UINT4, 4],
  [DataType.INT4, 4],
  [DataType.FLOAT4E2M1, 4],
  [DataType.FLOAT8E8M0, 8],
]);

/** Elements of two numbers each. */
const pairs = new Set<number>([DataType.COMPLEX64, DataType.COMPLEX128]);

/**
 * Holds what a tensor says of its shape against the numbers it brings. Runtimes have read beyond the end of the ones that
 * lie.
 *
 * @throws GraphProblem SHAPE_DATA_MISMATCH or EXTERNAL_DATA_INVALID
 */
export function checkTensor(tensor: TensorProto): void {
  const elements = countElements(tensor);
  const bits = bitsOf.get(tensor.dataType);
  if (liesOutside(tensor)) {
    checkOutside(tensor, elements, bits);
    return;
  }
  const stored = storedElements(tensor, bits);
  // Types that are not known here are the runtime's to refuse; an empty tensor brings nothing.
  if (stored === null || bits === undefined) return;
  const wanted = stored.unit === 'bytes' ? Math.ceil((elements * bits) / 8) : elements;
  if (stored.count !== wanted) throw mismatch(tensor, `its shape asks for ${wanted} ${stored.unit}, and it brings ${stored.count}`);
  if (elements * bits > mostBytesInside * 8) throw mismatch(tensor, 'it is larger than a model file can be');
}

/** True where the numbers are kept in another file, or are said to be. */
export function liesOutside(tensor: TensorProto): boolean {
  return tensor.dataLocation === TensorProto_DataLocation.EXTERNAL || tensor.externalData.length > 0;
}

/** @throws GraphProblem SHAPE_DATA_MISMATCH */
function countElements(tensor: Pick<TensorProto, 'name' | 'dims'>): number {
  let elements = 1;
  for (const length of tensor.dims) {
    if (length < 0n) throw mismatch(tensor, `its shape has the length ${length}`);
    elements *= Number(length);
    if (elements > mostElements) throw mismatch(tensor, 'its shape has more elements than any file holds');
  }
  return elements;
}

function checkOutside(tensor: TensorProto, elements: number, bits: number | undefined): void {
  const { length } = readExternalData(tensor);
  if (bits === 0) throw mismatch(tensor, 'text cannot lie in another file');
  if (tensor.rawData.length > 0) throw mismatch(tensor, 'its numbers lie here and in another file');
  if (bits !== undefined && length !== null && length < Math.ceil((elements * bits) / 8))
    throw mismatch(tensor, `its shape asks for ${Math.ceil((elements * bits) / 8)} bytes, and ${length} are named`);
}

interface Stored {
  readonly count: number;
  readonly unit: 'bytes' | 'elements';
}

/** @returns null where nothing is stored and nothing need be */
function storedElements(tensor: TensorProto, bits: number | undefined): Stored | null {
  const fields = [
    ['rawData', tensor.rawData.length],
    ['floatData', tensor.floatData.length],
    ['int32Data', tensor.int32Data.length],
    ['stringData', tensor.stringData.length],
    ['int64Data', tensor.int64Data.length],
    ['doubleData', tensor.doubleData.length],
    ['uint64Data', tensor.uint64Data.length],
  ] as const;
  const used = fields.filter(([, count]) => count > 0);
  if (used.length > 1) throw mismatch(tensor, 'its numbers are stored twice');
  const [field, count] = used[0] ?? ['rawData', 0];
  if (bits === 0) return field === 'stringData' || count === 0 ? { count, unit: 'elements' } : null;
  if (field === 'stringData') throw mismatch(tensor, 'its numbers are stored as text');
  if (field === 'rawData') return { count, unit: 'bytes' };
  if (bits === 4) return { count, unit: 'bytes' }; // a number holds a byte, which holds two elements
  return { count: pairs.has(tensor.dataType) ? count / 2 : count, unit: 'elements' };
}

function mismatch(tensor: Pick<TensorProto, 'name'>, what: string): GraphProblem {
  return new GraphProblem('SHAPE_DATA_MISMATCH', `tensor ${JSON.stringify(tensor.name.slice(0, 80))}: ${what}`);
}
