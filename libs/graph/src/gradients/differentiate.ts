import { findFreshName } from '../attention/find-fresh-name.js';
import type { NodeName } from '../attention/attention-layer.js';
import { nameNode } from '../attention/name-node.js';
import { GraphEditor } from '../edit/graph-editor.js';
import type { FloatType } from '../edit/node-writer.js';
import { GraphIndex } from '../graph-index.js';
import { listReads } from '../list-bodies.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import { nameOperator } from '../name-operator.js';
import { DifferentiatedNode } from './differentiated-node.js';
import { findFlat } from './find-flat.js';
import type { GradientRefusal, GradientRule } from './gradient-rule.js';
import { GradientWriter } from './gradient-writer.js';
import type { GraphFacts } from './graph-facts.js';
import { refuseOperator } from './refuse-operator.js';
import { gradientRules } from './rules.js';
import { roundingNodes, straightThroughRules } from './straight-through-rules.js';
import { writeCotangent, type ExplainedSpace } from './write-cotangent.js';

export interface Differentiation {
  /** Name of a floating-point tensor: what the model answers with. */
  readonly output: string;
  /** Which number of it is explained. */
  readonly space: ExplainedSpace;
  /** Names of the floating-point tensors whose gradients are taken. */
  readonly wanted: readonly string[];
  /**
   * Whether a node that rounds hands its gradient on as if it did not, in place of a refusal: an approximation, since the derivative of a
   * step is zero. Source: Y. Bengio, N. Léonard and A. Courville (2013), section 4, the straight-through estimator.
   */
  readonly straightThrough?: boolean;
}

/** What one reader of a tensor adds to its gradient. */
export interface GradientShare {
  /** Name of the tensor that holds it. */
  readonly gradient: string;
  readonly reader: NodeName;
}

export interface DifferentiatedModel {
  /** The model with its backward pass, and one more input. */
  readonly bytes: Uint8Array;
  /** Name of the input that takes the weights of the explained numbers: float32, in the shape of the output. */
  readonly weights: string;
  /** Name of the output that holds the gradient of each wanted tensor, in their order; null where nothing of it reaches what is explained. */
  readonly gradients: readonly (string | null)[];
  /** Names of the gradients of all tensors on the way, by tensor, in the order in which they are computed. */
  readonly steps: ReadonlyMap<string, string>;
  /** What each reader of a tensor on the way added to its gradient, by tensor. */
  readonly shares: ReadonlyMap<string, readonly GradientShare[]>;
  /** Names of the nodes that round and were passed as if they did not; empty where the gradients are exact. */
  readonly passed: readonly string[];
  /** Names of the nodes on the way whose derivative is zero everywhere: what the answer depends on only through them has a gradient of zero. */
  readonly flat: readonly string[];
}

/**
 * Appends the backward pass to a model: nodes of ai.onnx that give the gradient of the sum of weights x explained numbers (the vector-Jacobian
 * product), by the rule of each operator on the way. Weights of the model stay where they are.
 *
 * @param bytes what `graph` was read from; fused operators are to be lowered and functions put in place before
 * @param facts of trial runs of this very model
 * @returns the model, or why it has no exact gradient, by operator and node
 * Source: reverse accumulation, Griewank and Walther, Evaluating Derivatives, chapter 3.
 */
export function differentiate(
  bytes: Uint8Array,
  graph: ModelGraph,
  facts: GraphFacts,
  { output, space, wanted, straightThrough = false }: Differentiation,
): DifferentiatedModel | GradientRefusal {
  const pass = new BackwardPass(new GraphEditor(bytes), graph, facts, straightThrough);
  const refusal = pass.run(output, space, wanted);
  return refusal ?? pass.finish(wanted);
}

/** The first version of ai.onnx whose operators backward passes are written with. */
const oldest = 11;

class BackwardPass {
  private readonly index: GraphIndex;
  private readonly prefix: string;
  private readonly opset: number;
  private readonly weights: string;
  /** Gradients that were added up so far, by tensor: one entry for each reader. */
  private readonly parts = new Map<string, string[]>();
  private readonly shares = new Map<string, GradientShare[]>();
  private readonly sums = new Map<string, string>();
  private readonly passed: string[] = [];
  private flat: readonly string[] = [];
  /** Whole numbers that stand for rounded ones. */
  private readonly rounded = new Set<string>();

  constructor(
    private readonly editor: GraphEditor,
    private readonly graph: ModelGraph,
    private readonly facts: GraphFacts,
    private readonly straightThrough: boolean,
  ) {
    this.index = new GraphIndex(graph);
    this.prefix = findFreshName(graph, 'vitrine/gradient');
    this.opset = graph.opsets.get('') ?? 1;
    this.weights = findFreshName(graph, 'vitrine.weights');
  }

  run(output: string, space: ExplainedSpace, wanted: readonly string[]): GradientRefusal | null {
    const reached = this.follow(wanted);
    const way = this.findWay(output, reached);
    const blocked = way.flatMap(({ node, place }) => (this.passes(node) ? [] : (refuseOperator(node, nameNode(node, place)) ?? [])));
    if (blocked[0] !== undefined) return blocked[0];
    if (this.opset < oldest) return this.refuseOpset(way);
    const flat = findFlat(way, output, { facts: this.facts, reached, passes: (node) => this.passes(node) });
    this.flat = flat.map(({ node, place }) => nameNode(node, place).node);
    this.parts.set(output, [this.readWeights(output, space)]);
    for (const { node, place } of [...way].reverse()) {
      const upstreams = node.outputs.map((name) => this.gradientOf(name));
      const differentiable = node.inputs.map((input) => reached.has(input) && (this.facts.isFloat(input) || this.rounded.has(input)));
      if (upstreams.every((name) => name === '') || !differentiable.includes(true)) continue;
      const rule = this.findRule(node);
      if (rule === undefined) return this.refuse(node, place, 'has no derivative here');
      const refusal = this.apply(rule, node, place, upstreams, differentiable);
      if (refusal !== null) return refusal;
      if (this.passes(node) && roundingNodes.has(node.opType)) this.passed.push(nameNode(node, place).node);
    }
    const axes = Array.from({ length: this.facts.rank(output) }, (_, axis) => axis);
    this.editor.appendFloats(
      this.weights,
      axes.map((axis) => this.facts.length(output, axis) ?? `${this.weights}.${axis}`),
    );
    return null;
  }

  finish(wanted: readonly string[]): DifferentiatedModel {
    const gradients = wanted.map((name) => this.gradientOf(name) || null);
    const named = gradients.map((name, at) => {
      if (name === null) return null;
      const output = `${this.prefix}/of/${at}`;
      // One tensor may be the gradient of several; each gets a name of its own.
      this.editor.appendNodes([{ opType: 'Identity', name: output, input: [name], output: [output] }]);
      this.editor.appendOutput(output);
      return output;
    });
    return {
      bytes: this.editor.write(),
      weights: this.weights,
      gradients: named,
      steps: this.sums,
      shares: this.shares,
      passed: this.passed.reverse(),
      flat: this.flat,
    };
  }

  /** Tensors that depend on the wanted ones. */
  private follow(wanted: readonly string[]): ReadonlySet<string> {
    const reached = new Set(wanted);
    for (const node of this.graph.nodes) {
      if (!listReads(node, true).some((name) => reached.has(name))) continue;
      const isRounded = this.passes(node) || node.inputs.some((name) => this.rounded.has(name));
      // The scale that a node finds for itself counts as given.
      const outputs = this.passes(node) ? node.outputs.slice(0, 1) : node.outputs;
      for (const name of outputs) {
        if (name === '') continue;
        reached.add(name);
        if (isRounded && !this.facts.isFloat(name)) this.rounded.add(name);
      }
    }
    return reached;
  }

  private passes({ domain, opType }: GraphNode): boolean {
    return this.straightThrough && straightThroughRules.has(nameOperator(domain, opType));
  }

  private findRule(node: GraphNode): GradientRule | undefined {
    const name = nameOperator(node.domain, node.opType);
    return (this.straightThrough ? straightThroughRules.get(name) : undefined) ?? gradientRules.get(name);
  }

  /** Nodes that the explained tensor depends on and that depend on a wanted one, in the order of the graph. */
  private findWay(explained: string, reached: ReadonlySet<string>): readonly { readonly node: GraphNode; readonly place: number }[] {
    const needed = new Set([explained]);
    const way: { node: GraphNode; place: number }[] = [];
    for (const [place, node] of [...this.graph.nodes.entries()].reverse()) {
      if (!node.outputs.some((name) => needed.has(name))) continue;
      const read = listReads(node, true);
      for (const name of read) needed.add(name);
      if (read.some((name) => reached.has(name))) way.push({ node, place });
    }
    return way.reverse();
  }

  /** Weights are fed as float32, whatever the model computes in. */
  private readWeights(output: string, space: ExplainedSpace): string {
    const { type } = this.facts.of(output);
    const writer = new GradientWriter(`${this.prefix}/weights`, this.opset, type as FloatType, this.facts);
    const typed = type === 'float32' ? this.weights : writer.toFloat(this.weights);
    const cotangent = writeCotangent(writer, space, output, typed);
    this.editor.appendNodes(writer.nodes);
    return cotangent;
  }

  private apply(
    rule: GradientRule,
    node: GraphNode,
    place: number,
    upstreams: readonly string[],
    differentiable: readonly boolean[],
  ): GradientRefusal | null {
    const own = `${this.prefix}/${place}`;
    const one = new DifferentiatedNode(this.index, node, this.facts, this.opset, upstreams, differentiable, (at) => `${own}/forward/${at}`);
    const obstacle = rule.refuse?.(one) ?? null;
    if (obstacle !== null) return this.refuse(node, place, obstacle);
    const at = node.inputs.find((input, number) => differentiable[number] === true && this.facts.isFloat(input));
    const float = at === undefined ? 'float32' : (this.facts.of(at).type as FloatType);
    const writer = new GradientWriter(own, this.opset, float, this.facts);
    const given = rule.write(one, writer);
    this.askForOutputs(place, one.askedOutputs);
    this.editor.appendNodes(writer.nodes);
    node.inputs.forEach((input, number) => {
      const gradient = differentiable[number] === true ? (given[number] ?? '') : '';
      if (gradient === '') return;
      append(this.parts, input, gradient);
      append(this.shares, input, { gradient, reader: nameNode(node, place) });
    });
    return null;
  }

  private askForOutputs(place: number, asked: ReadonlyMap<number, string>): void {
    if (asked.size === 0) return;
    const changed = this.editor.readNode(place);
    for (const [at, name] of asked) {
      while (changed.output.length <= at) changed.output.push('');
      changed.output[at] = name;
    }
    this.editor.replaceNode(place, [changed]);
  }

  /** The sum of what all readers of a tensor gave; '' where there was none. */
  private gradientOf(tensor: string): string {
    const parts = tensor === '' ? undefined : this.parts.get(tensor);
    if (parts === undefined) return '';
    const known = this.sums.get(tensor);
    if (known !== undefined) return known;
    const [first = '', ...others] = parts;
    const writer = new GradientWriter(`${this.prefix}/sum/${this.sums.size}`, this.opset, 'float32', this.facts);
    const sum = others.reduce((total, part) => writer.add('Add', [total, part]), first);
    this.editor.appendNodes(writer.nodes);
    this.sums.set(tensor, sum);
    return sum;
  }

  /** An operator that has no derivative in any version is the better reason. */
  private refuseOpset(way: readonly { readonly node: GraphNode; readonly place: number }[]): GradientRefusal {
    const unknown = way.find(({ node }) => !gradientRules.has(nameOperator(node.domain, node.opType)));
    if (unknown !== undefined) return this.refuse(unknown.node, unknown.place, 'has no derivative here');
    const detail = `backward passes are written with ai.onnx ${oldest} or later, and the model imports ${this.opset}`;
    return { operator: '', node: '', detail, remedy: `Export the model with opset ${oldest} or later, or convert it.` };
  }

  private refuse(node: GraphNode, place: number, obstacle: string): GradientRefusal {
    const { operator, node: name } = nameNode(node, place);
    const detail = `node ${JSON.stringify(name)} (${operator}) ${obstacle}, and lies between what is explained and what it is explained by`;
    const remedy = operator.includes('TreeEnsemble')
      ? 'Trees have steps and no slope: use exact-shap or kernel-shap.'
      : `Export the model without ${operator}, or explain it by a method that needs no gradient, such as kernel-shap or occlusion.`;
    return { operator, node: name, detail, remedy };
  }
}

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
