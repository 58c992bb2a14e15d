import { ExplainProblem, type FeatureColumn } from '#explainers';
import type { ElementType, GraphValue, ModelGraph } from '#graph';

/** Types of an input tensor that a column can be written as. */
export const columnTypes = ['float32', 'float64', 'int64', 'int32', 'bool', 'string'] as const;
export type ColumnType = (typeof columnTypes)[number];

export interface InputTensor {
  readonly name: string;
  readonly type: ColumnType;
  /** Columns of the table that it holds, in order. */
  readonly columns: readonly number[];
  /** 1: [rows], 2: [rows, columns]. */
  readonly rank: 1 | 2;
}

/** What a tabular model's graph wants to be fed. */
export interface TabularInputs {
  readonly tensors: readonly InputTensor[];
  /** Rows of a batch where the graph fixes them, else null. */
  readonly fixedRows: number | null;
}

/**
 * Matches the graph's inputs with the columns: one input that holds all of them, or one input for each, found by name.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED
 */
export function readTabularInputs(graph: ModelGraph, features: readonly FeatureColumn[]): TabularInputs {
  const [only] = graph.inputs;
  const matrix = graph.inputs.length === 1 && only !== undefined && (features.length > 1 || only.name !== features[0]?.name);
  const tensors = matrix ? [readMatrix(only, features)] : readColumns(graph, features);
  const rows = only?.shape?.[0];
  return { tensors, fixedRows: typeof rows === 'number' ? rows : null };
}

/** True where the graph reads the column as a whole number. */
export function readsInteger({ tensors }: TabularInputs, column: number): boolean {
  return tensors.some((tensor) => tensor.columns.includes(column) && (tensor.type === 'int64' || tensor.type === 'int32'));
}

function readMatrix(input: GraphValue, features: readonly FeatureColumn[]): InputTensor {
  const width = input.shape?.[1];
  if (input.shape !== null && (input.shape.length !== 2 || (typeof width === 'number' && width !== features.length))) {
    throw refuse(`input ${input.name} has the shape [${input.shape.join(', ')}], and model.json has ${features.length} features`);
  }
  const type = readType(input);
  if (type === 'string' && !features.every((feature) => feature.kind === 'categorical'))
    throw refuse(`input ${input.name} holds text, and not every feature is categorical`);
  return { name: input.name, type, columns: features.map((_, column) => column), rank: 2 };
}

function readColumns(graph: ModelGraph, features: readonly FeatureColumn[]): readonly InputTensor[] {
  const stranger = graph.inputs.find((input) => !features.some((feature) => feature.name === input.name));
  if (stranger !== undefined) throw refuse(`input ${stranger.name} is no feature of model.json`);
  return features.map((feature, column) => {
    const input = graph.inputs.find((one) => one.name === feature.name);
    if (input === undefined) throw refuse(`feature ${feature.name} is no input of the graph`);
    const { shape } = input;
    if (shape !== null && shape.length !== 1 && (shape.length !== 2 || (typeof shape[1] === 'number' && shape[1] !== 1)))
      throw refuse(`input ${input.name} has the shape [${shape.join(', ')}]; [rows, 1] was expected`);
    const type = readType(input);
    if (type === 'string' && feature.kind === 'numeric')
      throw refuse(`input ${input.name} holds text, and feature ${feature.name} is numeric`);
    return { name: input.name, type, columns: [column], rank: shape?.length === 1 ? 1 : 2 };
  });
}

function readType(input: GraphValue): ColumnType {
  const type = columnTypes.find((one: ElementType) => one === input.elementType);
  if (type === undefined) throw refuse(`input ${input.name} holds ${input.elementType ?? input.kind}; ${columnTypes.join(', ')} are known`);
  return type;
}

function refuse(detail: string): ExplainProblem {
  return new ExplainProblem(
    'MODEL_UNSUPPORTED',
    detail,
    null,
    'The graph needs one input with all features of model.json in order, or one input for each of them under its name.',
  );
}
