import type { Task } from '#explainers';
import { countOperators, type GraphValue, type ModelGraph } from '#graph';
import type { InferenceSession } from 'onnxruntime-node';
import type { Serving } from '../plan-serving.js';

/** An input or output of a graph. */
export interface PortDescription {
  readonly name: string;
  /** Element type of a tensor; otherwise what it is, such as `sequence`. */
  readonly type: string;
  /** Numbers, symbols, and null for a dimension that has neither; null where the rank is not known. */
  readonly shape: readonly (number | string | null)[] | null;
}

/** What was read from a model's graph and measured on it. */
interface Capabilities {
  readonly task: Task;
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
  /** The tensor that explanations read; another one than the output where that is a list of maps (ZipMap). */
  readonly explained: { readonly output: string; readonly kind: string; readonly tensor: string };
  readonly classes: readonly string[];
  readonly maxTokens: number | null;
  /** Operator set versions by domain. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly irVersion: number;
  readonly producer: { readonly name: string; readonly version: string };
  /** Nodes by operator, branches and functions included. */
  readonly operators: Readonly<Record<string, number>>;
  /** Numbers in the graph's initialisers. */
  readonly parameters: number;
  readonly batchInvariant: boolean;
  /** Rows that the model was run on. */
  readonly probedRows: number;
}

/** A type, not an interface, so that it can be stored as the plain record it is. */
export type ModelCapabilities = Readonly<Capabilities>;

export function describeCapabilities(
  graph: ModelGraph,
  session: InferenceSession,
  serving: Serving,
  measured: { readonly batchInvariant: boolean; readonly probedRows: number },
): ModelCapabilities {
  return {
    task: serving.task,
    inputs: graph.inputs.map((input) => describePort(input, session.inputMetadata)),
    outputs: graph.outputs.map((output) => describePort(output, session.outputMetadata)),
    explained: { output: serving.output.name, kind: serving.output.kind, tensor: serving.output.fetch },
    classes: serving.classes,
    maxTokens: serving.maxTokens,
    opsets: Object.fromEntries([...graph.opsets].map(([domain, version]) => [domain === '' ? 'ai.onnx' : domain, version])),
    irVersion: graph.irVersion,
    producer: graph.producer,
    operators: countOperators(graph),
    parameters: [...graph.initializers.values()].reduce((sum, { elements }) => sum + elements, 0),
    ...measured,
  };
}

/** What the file leaves out, the runtime has inferred. */
function describePort(value: GraphValue, metadata: readonly InferenceSession.ValueMetadata[]): PortDescription {
  const inferred = metadata.find((one) => one.name === value.name);
  const tensor = inferred?.isTensor === true ? inferred : null;
  return {
    name: value.name,
    type: value.elementType ?? tensor?.type ?? value.kind,
    // The runtime reports an unknown rank and a scalar alike, as no dimensions.
    shape:
      value.shape ?? (tensor === null || tensor.shape.length === 0 ? null : tensor.shape.map((length) => (length === '' ? null : length))),
  };
}
