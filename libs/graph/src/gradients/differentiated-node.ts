import type { GraphIndex } from '../graph-index.js';
import { FusedNode } from '../lower/fused-node.js';
import type { GraphNode } from '../model-graph.js';
import type { GraphFacts } from './graph-facts.js';

/** A node on the way from what gradients are taken of to the output, as its operator's rule reads it. */
export class DifferentiatedNode extends FusedNode {
  private readonly asked = new Map<number, string>();

  /**
   * @param upstreams name of the gradient of each output; '' where nothing reads it
   * @param wanted for each input whether its gradient is used
   */
  constructor(
    index: GraphIndex,
    node: GraphNode,
    readonly facts: GraphFacts,
    readonly opset: number,
    private readonly upstreams: readonly string[],
    private readonly wanted: readonly boolean[],
    private readonly fresh: (at: number) => string,
  ) {
    super(index, node);
  }

  /** Whether the gradient of an input is used. */
  wants(at: number): boolean {
    return this.wanted[at] === true;
  }

  /** Name of the gradient of an output; '' where it is zero. */
  upstream(at = 0): string {
    return this.upstreams[at] ?? '';
  }

  /** Name of an output that the rule needs; one that the node does not give yet is asked for. */
  forward(at: number): string {
    const given = this.output(at);
    if (given !== '') return given;
    const name = this.asked.get(at) ?? this.fresh(at);
    this.asked.set(at, name);
    return name;
  }

  /** Outputs that the rule asked for beyond those of the node, by place. */
  get askedOutputs(): ReadonlyMap<number, string> {
    return this.asked;
  }

  /** An attribute of integers; null where it is left out. */
  integers(name: string): readonly number[] | null {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'ints' ? attribute.value.map(Number) : null;
  }

  /** An attribute of floats; empty where it is left out. */
  floats(name: string): readonly number[] {
    const attribute = this.node.attributes.get(name);
    return attribute?.kind === 'floats' ? attribute.value : [];
  }

  /** The numbers of an input that is a small constant; null where it is left out, or none. */
  values(at: number): readonly number[] | null {
    return this.has(at) ? this.facts.values(this.input(at)) : null;
  }

  /** Rank of an input. */
  override rank(at: number): number {
    return this.facts.rank(this.input(at));
  }

  /** An axis of an input counted from the front. */
  axis(name: string, fallback: number, at = 0): number {
    const axis = this.integer(name, fallback);
    return axis < 0 ? axis + this.rank(at) : axis;
  }

  /** Axes that a reducing node names, by attribute or second input, counted from the front; null for all. */
  axes(): readonly number[] | null {
    const named = this.integers('axes') ?? this.values(1);
    return named === null || named.length === 0 ? null : named.map((axis) => (axis < 0 ? axis + this.rank(0) : axis));
  }
}
