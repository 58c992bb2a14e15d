import type { FloatType } from '../edit/node-writer.js';
import type { GraphIndex } from '../graph-index.js';

type Computed = FloatType | 'bfloat16';

/** TensorProto.DataType of the targets of Cast. */
const castTargets: ReadonlyMap<bigint, Computed> = new Map([
  [1n, 'float32'],
  [10n, 'float16'],
  [11n, 'float64'],
  [16n, 'bfloat16'],
]);

/** The floating-point type that a tensor is computed in, by the nearest weight, input or Cast behind it; float32 where there is none. */
export function findFloatType(index: GraphIndex, tensor: string): FloatType {
  return find(index, tensor, (type): type is FloatType => type !== 'bfloat16');
}

/** Whether a tensor is computed in bfloat16, which nothing is written out in: the runtime has no kernels for it on a processor. */
export function isBfloat16(index: GraphIndex, tensor: string): boolean {
  return find(index, tensor, (_type): _type is Computed => true) === 'bfloat16';
}

function find<T extends Computed>(index: GraphIndex, tensor: string, accept: (type: Computed) => type is T): T | 'float32' {
  const seen = new Set<string>();
  // First in, first out: the nearest one counts.
  const waiting = [tensor];
  for (const name of waiting) {
    if (name === '' || seen.has(name)) continue;
    seen.add(name);
    const stored = index.graph.initializers.get(name) ?? index.graph.inputs.find((input) => input.name === name);
    const type = [...castTargets.values()].find((one) => one === stored?.elementType);
    if (type !== undefined && accept(type)) return type;
    const maker = index.makerOf(name);
    const to = maker?.opType === 'Cast' ? maker.attributes.get('to') : undefined;
    const target = to?.kind === 'int' ? castTargets.get(to.value) : undefined;
    if (target !== undefined && accept(target)) return target;
    waiting.push(...(maker?.inputs ?? []));
  }
  return 'float32';
}
