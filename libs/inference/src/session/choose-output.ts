import { ExplainProblem, type OutputKind, type Task } from '#explainers';
import { findZipMaps, readClassLabels, traceOutput, type GraphNode } from '#graph';
import type { ModelParts } from '../folder/model-folder.js';

/** The output that is explained, and how its numbers are got. */
export interface ChosenOutput {
  /** As the manifest or the graph names it. */
  readonly name: string;
  readonly kind: OutputKind;
  /** The tensor to fetch: another one where the output is a list of maps. */
  readonly fetch: string;
  /** True when `fetch` is no output of the file and has to be made one. */
  readonly hidden: boolean;
  /** Class labels that the graph itself gives for it, null where it gives none. */
  readonly labels: readonly string[] | null;
}

const floating = new Set(['float32', 'float64', 'float16', null]);
const classifiers = new Set(['TreeEnsembleClassifier', 'LinearClassifier', 'SVMClassifier']);

/**
 * Finds the output to explain: the one the manifest names, else the only one that holds floating-point numbers or
 * maps from classes to them.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED
 */
export function chooseOutput({ graph, manifest }: ModelParts, task: Task): ChosenOutput {
  const zipMaps = new Map(findZipMaps(graph).map((zipMap) => [zipMap.output, zipMap]));
  const candidates = graph.outputs.filter(
    (output) => zipMaps.has(output.name) || ((output.kind === 'tensor' || output.kind === 'unknown') && floating.has(output.elementType)),
  );
  const wanted = manifest?.output?.name;
  const chosen = wanted === undefined ? candidates[0] : candidates.find((output) => output.name === wanted);
  const names = graph.outputs.map((output) => output.name).join(', ');
  if (wanted !== undefined && chosen === undefined)
    throw refuse(`output ${JSON.stringify(wanted)} of model.json is no floating-point output of the graph, which has ${names}`);
  if (chosen === undefined || (wanted === undefined && candidates.length > 1))
    throw refuse(`of the outputs ${names}, ${candidates.length === 0 ? 'none can' : 'several could'} be explained`);
  const zipMap = zipMaps.get(chosen.name);
  const fetch = zipMap?.scores ?? chosen.name;
  const maker = traceOutput(graph, fetch);
  return {
    name: chosen.name,
    kind: manifest?.output?.kind ?? inferKind(task, chosen.name, maker),
    fetch,
    hidden: zipMap !== undefined && !graph.outputs.some((output) => output.name === fetch),
    labels: zipMap?.labels ?? (maker === null ? null : readClassLabels(maker)) ?? findOnlyLabels(graph.nodes),
  };
}

/** The labels of a graph's classifier, where there is one alone: converters put arithmetic between it and the probabilities. */
function findOnlyLabels(nodes: readonly GraphNode[]): readonly string[] | null {
  const [labels, ...others] = nodes.map(readClassLabels).filter((found) => found !== null);
  return labels !== undefined && others.length === 0 ? labels : null;
}

function inferKind(task: Task, name: string, maker: GraphNode | null): OutputKind {
  if (task === 'text-regression' || task === 'tabular-regression') return 'value';
  if (/probabilit/i.test(name) || (maker !== null && makesProbabilities(maker))) return 'probabilities';
  // Heads for classification that Hugging Face exports are called that and end in a linear layer.
  if (name === 'logits' && (task === 'text-classification' || task === 'image-classification')) return 'logits';
  throw refuse(`nothing says whether output ${name} holds probabilities or logits`);
}

function makesProbabilities(maker: GraphNode): boolean {
  if (maker.opType === 'Softmax' || maker.opType === 'Sigmoid') return true;
  const transform = maker.attributes.get('post_transform');
  return classifiers.has(maker.opType) && transform?.kind === 'string' && transform.value !== 'NONE';
}

function refuse(detail: string): ExplainProblem {
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    detail,
    null,
    'Name the output in model.json: { "output": { "name": "…", "kind": "probabilities" } }; kinds are logits, probabilities, value and margin.',
  );
}
