import type { GraphIndex } from './graph-index.js';
import type { Initializer } from './model-graph.js';

const passes = new Set(['Identity', 'Cast', 'Unsqueeze', 'Squeeze', 'Reshape']);

/**
 * The integers of a small int64 tensor, such as the target of a Reshape, as far as they do not depend on what is fed.
 *
 * @returns null for an element that is not known, and as a whole where not even their number is
 */
export function readIntegers(index: GraphIndex, tensor: string, depth = 8): readonly (number | null)[] | null {
  const stored = index.graph.initializers.get(tensor);
  if (stored !== undefined) return readStored(stored);
  const maker = index.makerOf(tensor);
  if (maker === null || depth === 0) return null;
  if (maker.opType === 'Constant') {
    const value = maker.attributes.get('value');
    if (value?.kind === 'tensor') return readStored(value.value);
    const ints = maker.attributes.get('value_ints') ?? maker.attributes.get('value_int');
    if (ints?.kind === 'ints') return ints.value.map(Number);
    return ints?.kind === 'int' ? [Number(ints.value)] : null;
  }
  if (passes.has(maker.opType)) return readIntegers(index, maker.inputs[0] ?? '', depth - 1);
  if (maker.opType === 'Gather') return maker.inputs[1] !== undefined && isSingle(index, maker.inputs[1]) ? [null] : null;
  if (maker.opType !== 'Concat') return null;
  const parts = maker.inputs.map((name) => readIntegers(index, name, depth - 1) ?? unknownPart(index, name));
  return parts.some((part) => part === null) ? null : parts.flatMap((part) => part ?? []);
}

/** Exporters join a target shape of single lengths; one that is computed is unknown, and still one. */
function unknownPart(index: GraphIndex, tensor: string): readonly null[] | null {
  const maker = index.makerOf(tensor);
  return maker !== null && (maker.opType === 'Unsqueeze' || maker.opType === 'Reshape' || maker.opType === 'Shape') ? [null] : null;
}

function isSingle(index: GraphIndex, tensor: string): boolean {
  const values = readIntegers(index, tensor, 2);
  return values?.length === 1;
}

function readStored({ elementType, elements, raw }: Initializer): readonly number[] | null {
  if (elementType !== 'int64' || raw === null || elements > 64) return null;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: elements }, (_, at) => Number(view.getBigInt64(8 * at, true)));
}
