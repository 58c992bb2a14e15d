import type { GraphIndex } from '../graph-index.js';
import { inferRank } from '../infer-rank.js';
import type { GraphNode } from '../model-graph.js';
import { readFloat, readInteger } from '../read-attribute.js';

/** A fused node in its graph, as its operator's lowering reads it. */
export class FusedNode {
  constructor(
    readonly index: GraphIndex,
    readonly node: GraphNode,
  ) {}

  /** Name of an input; '' for one that is left out. */
  input(at: number): string {
    return this.node.inputs[at] ?? '';
  }

  has(at: number): boolean {
    return this.input(at) !== '';
  }

  /** Name of an output; '' for one that is not asked for. */
  output(at: number): string {
    return this.node.outputs[at] ?? '';
  }

  integer(name: string, fallback: number): number {
    return readInteger(this.node, name) ?? fallback;
  }

  float(name: string, fallback: number): number {
    return readFloat(this.node, name) ?? fallback;
  }

  text(name: string, fallback: string): string {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'string' ? attribute.value : fallback;
  }

  /** Rank of an input as far as the graph says it. */
  rank(at: number): number | null {
    return inferRank(this.index, this.input(at));
  }
}
