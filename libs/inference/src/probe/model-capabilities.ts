import type { ImageDescription, InnerTensors, Task } from '#explainers';
import { countOperators, type AttentionFinding, type AttentionKind, type GraphValue } from '#graph';
import type { InferenceSession } from 'onnxruntime-node';
import { findLayers } from '../attention/find-layers.js';
import type { GraphFile, ModelParts } from '../folder/model-folder.js';
import { readLanguageInputs } from '../language/language-inputs.js';
import type { Serving } from '../serving.js';
import type { GradientCapability, ProbedGradients } from './probe-gradients.js';

/** An input or output of a graph. */
export interface PortDescription {
  readonly name: string;
  /** Element type of a tensor; otherwise what it is, such as `sequence`. */
  readonly type: string;
  /** Numbers, symbols, and null for a dimension that has neither; null where the rank is not known. */
  readonly shape: readonly (number | string | null)[] | null;
}

/** The attention of a graph as it looks without being run, or why there is none. */
export type AttentionCapability =
  | {
      readonly layers: number;
      /** As the graph says, else config.json; null where neither does, or layers differ. */
      readonly heads: number | null;
      /** 'mixed' where layers differ. */
      readonly kind: AttentionKind | 'mixed';
      /** Each kind by itself; absent where there is one. */
      readonly kinds?: readonly { readonly kind: AttentionKind; readonly layers: number; readonly heads: number | null }[];
    }
  | {
      readonly reason: string;
      /** The node to blame, null where none is. */
      readonly operator: string | null;
      readonly node: string | null;
      readonly remedy: string;
    };

/** How a language model goes on with a text. */
export interface GenerationCapability {
  /** Tokens that a text may have; null where nothing says it. */
  readonly contextLength: number | null;
  /** Whether the file that is used keeps keys and values, so that each token is computed once. */
  readonly kvCache: boolean;
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
  /** Null for a model that reads a table. */
  readonly attention: AttentionCapability | null;
  /** Null for a model that is no language model. */
  readonly generation: GenerationCapability | null;
  /** How pictures are read; null for a model that reads none. */
  readonly image: ImageDescription | null;
  readonly differentiable: GradientCapability;
  readonly featureMaps: InnerTensors;
  readonly batchInvariant: boolean;
  /** Rows that the model was run on. */
  readonly probedRows: number;
}

/** A type, not an interface, so that it can be stored as the plain record it is. */
export type ModelCapabilities = Readonly<Capabilities>;

/** @param file that is run; it may be another one than model.onnx */
export function describeCapabilities(
  { config }: ModelParts,
  file: GraphFile,
  session: InferenceSession,
  serving: Serving,
  measured: ProbedGradients & { readonly batchInvariant: boolean; readonly probedRows: number },
): ModelCapabilities {
  const { graph } = file;
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
    attention: serving.task.startsWith('tabular-') ? null : describeAttention(findLayers(file).finding, config),
    generation: describeGeneration(serving, graph),
    image: serving.image ?? null,
    ...measured,
  };
}

function describeGeneration({ task, maxTokens }: Serving, graph: GraphFile['graph']): GenerationCapability | null {
  if (task === 'text2text-generation') return { contextLength: maxTokens, kvCache: false };
  return task === 'causal-lm' ? { contextLength: maxTokens, kvCache: readLanguageInputs(graph).cache.length > 0 } : null;
}

function describeAttention(finding: AttentionFinding, config: ModelParts['config']): AttentionCapability {
  if (!finding.found) {
    const { detail, operator, node, remedy } = finding.refusal;
    return { reason: detail, operator, node, remedy };
  }
  const { layers } = finding;
  const kinds = [...new Set(layers.map((layer) => layer.kind))].map((kind) => {
    const own = layers.filter((layer) => layer.kind === kind);
    return { kind, layers: own.length, heads: findCommon(own.map((layer) => layer.heads ?? readHeads(config, kind))) };
  });
  return {
    layers: layers.length,
    heads: findCommon(kinds.map(({ heads }) => heads)),
    kind: findCommon(kinds.map(({ kind }) => kind)) ?? 'mixed',
    ...(kinds.length > 1 && { kinds }),
  };
}

/** What all are; null where they differ. */
function findCommon<Value>(values: readonly Value[]): Value | null {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? null : first;
}

/** Number of heads by the names that families of models have for it. */
function readHeads(config: ModelParts['config'], kind: AttentionKind): number | null {
  const ofPart = kind === 'self' ? config?.['encoder_attention_heads'] : config?.['decoder_attention_heads'];
  const stated = ofPart ?? config?.['num_attention_heads'] ?? config?.['n_head'] ?? config?.['n_heads'] ?? config?.['num_heads'];
  return typeof stated === 'number' && Number.isInteger(stated) && stated > 0 ? stated : null;
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
