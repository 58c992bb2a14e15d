import type { AttributeProto, FunctionProto, ModelProto, NodeProto } from './generated/onnx-ml_pb.js';
import { GraphProblem } from './graph-problem.js';
import { nameOperator } from './name-operator.js';

/** Operator sets that ONNX Runtime ships and that a model may use. Everything else would be code of its own. */
const domains = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft']);
/** These load a compiled program from a file or from their own bytes. */
const forbidden = new Set(['EPContext']);

const mostNodes = 65_536;
/** Nodes after the model's functions are put in place of their calls. */
const mostInlined = 1_000_000;
const mostInitializers = 65_536;
/** Bytes of one text attribute, or of one list of texts. */
const mostTextBytes = 64 * 2 ** 20;

/**
 * Refuses operators that are no operators of ONNX or its runtime, functions that call themselves, and counts beyond any model.
 *
 * @throws GraphProblem OPERATOR_FORBIDDEN or TOO_LARGE
 */
export function checkNodes(model: ModelProto): void {
  const functions = new Map(model.functions.map((one) => [nameFunction(one), one]));
  const check = new NodeCheck(functions);
  for (const one of model.functions) check.countFunction(nameFunction(one));
  check.countBody(model.graph?.node ?? []);
  const initializers = (model.graph?.initializer.length ?? 0) + (model.graph?.sparseInitializer.length ?? 0);
  if (initializers > mostInitializers) throw tooMany(`${initializers} initialisers`, mostInitializers);
}

class NodeCheck {
  private readonly sizes = new Map<string, number>();
  private readonly open = new Set<string>();
  private nodes = 0;

  constructor(private readonly functions: ReadonlyMap<string, FunctionProto>) {}

  /** Nodes of a function, its own calls put in place. */
  countFunction(name: string): number {
    const known = this.sizes.get(name);
    if (known !== undefined) return known;
    if (this.open.has(name)) throw new GraphProblem('OPERATOR_FORBIDDEN', `function ${JSON.stringify(name)} calls itself`);
    if (this.open.size >= 100) throw new GraphProblem('TOO_LARGE', 'functions call each other more than 100 deep');
    this.open.add(name);
    const size = this.countBody(this.functions.get(name)?.node ?? []);
    this.open.delete(name);
    this.sizes.set(name, size);
    return size;
  }

  countBody(nodes: readonly NodeProto[]): number {
    this.nodes += nodes.length;
    if (this.nodes > mostNodes) throw tooMany(`${this.nodes} nodes`, mostNodes);
    let size = 0;
    for (const node of nodes) {
      size += this.countNode(node);
      if (size > mostInlined) throw tooMany(`${size} nodes once its functions are put in place`, mostInlined);
    }
    return size;
  }

  private countNode(node: NodeProto): number {
    const name = nameOperator(node.domain, node.opType, node.overload);
    const bodies = node.attribute.flatMap((attribute) => [...(attribute.g === undefined ? [] : [attribute.g]), ...attribute.graphs]);
    node.attribute.forEach(checkAttribute);
    const inside = bodies.reduce((sum, body) => sum + this.countBody(body.node), 0);
    if (this.functions.has(name)) return inside + this.countFunction(name);
    if (!domains.has(node.domain) || forbidden.has(node.opType))
      throw new GraphProblem(
        'OPERATOR_FORBIDDEN',
        `node ${JSON.stringify(node.name.slice(0, 80))} is a ${JSON.stringify(name.slice(0, 80))}, which is none of the operators of ONNX and its runtime`,
        node.name,
      );
    return inside + 1;
  }
}

function checkAttribute({ name, s, strings }: AttributeProto): void {
  const bytes = strings.reduce((sum, one) => sum + one.length, s.length);
  if (bytes > mostTextBytes) throw tooMany(`${bytes} bytes of text in attribute ${JSON.stringify(name.slice(0, 80))}`, mostTextBytes);
}

function nameFunction({ domain, name, overload }: FunctionProto): string {
  return nameOperator(domain, name, overload);
}

function tooMany(what: string, most: number): GraphProblem {
  return new GraphProblem('TOO_LARGE', `the model has ${what}; at most ${most} are read`);
}
