import { listReads } from './list-bodies.js';
import type { GraphBody, GraphNode } from './model-graph.js';

export interface Reader {
  readonly node: GraphNode;
  /** Place of the node in the graph. */
  readonly place: number;
  /** Which of its inputs the tensor is. */
  readonly at: number;
}

const random = new Set(['RandomNormal', 'RandomUniform', 'RandomNormalLike', 'RandomUniformLike', 'Multinomial', 'Bernoulli']);

/** Who makes and who reads each tensor of a graph body, and what its numbers depend on. */
export class GraphIndex {
  private readonly makers = new Map<string, { readonly node: GraphNode; readonly place: number }>();
  private readonly readersOf = new Map<string, Reader[]>();
  private readonly inputs = new Map<string, bigint>();
  private readonly constants = new Set<string>();

  constructor(readonly graph: GraphBody) {
    for (const name of graph.initializers.keys()) this.constants.add(name);
    graph.inputs.forEach(({ name }, bit) => this.inputs.set(name, 1n << BigInt(bit)));
    graph.nodes.forEach((node, place) => {
      node.inputs.forEach((name, at) => {
        if (name === '') return;
        const readers = this.readersOf.get(name);
        if (readers === undefined) this.readersOf.set(name, [{ node, place, at }]);
        else readers.push({ node, place, at });
      });
      const constant = !random.has(node.opType) && listReads(node).every((name) => this.constants.has(name));
      const inputs = listReads(node, true).reduce((sum, name) => sum | (this.inputs.get(name) ?? 0n), 0n);
      for (const name of node.outputs) {
        if (name === '') continue;
        this.makers.set(name, { node, place });
        if (constant) this.constants.add(name);
        if (inputs !== 0n) this.inputs.set(name, inputs);
      }
    });
  }

  /** Null for an input, an initialiser and a name that is unknown. */
  makerOf(tensor: string): GraphNode | null {
    return this.makers.get(tensor)?.node ?? null;
  }

  placeOf(tensor: string): number | null {
    return this.makers.get(tensor)?.place ?? null;
  }

  readers(tensor: string): readonly Reader[] {
    return this.readersOf.get(tensor) ?? [];
  }

  /** Whether a tensor's numbers are the same whatever is fed: an initialiser, or made of such alone. */
  isConstant(tensor: string): boolean {
    return this.constants.has(tensor);
  }

  /** One bit for each graph input that a tensor's numbers depend on; inputs whose shape alone matters are left out. */
  inputsBehind(tensor: string): bigint {
    return this.inputs.get(tensor) ?? 0n;
  }
}
