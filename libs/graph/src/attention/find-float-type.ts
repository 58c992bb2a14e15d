import type { FloatType } from '../edit/node-writer.js';
import type { GraphIndex } from '../graph-index.js';
import type { ElementType } from '../element-type.js';

/** TensorProto.DataType of the targets of Cast. */
const castTargets: ReadonlyMap<bigint, FloatType> = new Map([
  [1n, 'float32'],
  [10n, 'float16'],
  [11n, 'float64'],
]);

/** The floating-point type that a tensor is computed in, by the nearest weight, input or Cast behind it; float32 where there is none. */
export function findFloatType(index: GraphIndex, tensor: string): FloatType {
  const seen = new Set<string>();
  // First in, first out: the nearest one counts.
  const waiting = [tensor];
  for (const name of waiting) {
    if (name === '' || seen.has(name)) continue;
    seen.add(name);
    const stored = index.graph.initializers.get(name) ?? index.graph.inputs.find((input) => input.name === name);
    const type = stored?.elementType;
    if (type !== undefined && isFloat(type)) return type;
    const maker = index.makerOf(name);
    const to = maker?.opType === 'Cast' ? maker.attributes.get('to') : undefined;
    const target = to?.kind === 'int' ? castTargets.get(to.value) : undefined;
    if (target !== undefined) return target;
    waiting.push(...(maker?.inputs ?? []));
  }
  return 'float32';
}

function isFloat(type: ElementType | null): type is FloatType {
  return type === 'float32' || type === 'float16' || type === 'float64';
}
