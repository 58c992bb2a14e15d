import { ExplainProblem, type FeatureColumn, type Task } from '#explainers';
import { findZipMaps, readClassLabels, traceOutput, type GraphValue, type ModelGraph } from '#graph';
import { columnTypes } from './tabular-inputs.js';

const regressors = new Set(['TreeEnsembleRegressor', 'LinearRegressor', 'SVMRegressor']);
const remedy =
  'Put a model.json beside the model: { "manifest": 1, "task": "tabular-classification", "classes": […], "features": [{ "name": "…", "kind": "numeric" }], "output": { "name": "…", "kind": "probabilities" } }.';

/**
 * The task of a graph without a manifest, where converters of scikit-learn, LightGBM and XGBoost leave no doubt: an output that
 * a classifier of ai.onnx.ml or a ZipMap makes, or one that a regressor makes.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED
 */
export function inferTableTask(graph: ModelGraph): Task {
  if (findZipMaps(graph).length > 0) return 'tabular-classification';
  const makers = graph.outputs.map((output) => traceOutput(graph, output.name)).filter((maker) => maker !== null);
  if (makers.some((maker) => readClassLabels(maker) !== null) || graph.outputs.some((output) => /probabilit/i.test(output.name)))
    return 'tabular-classification';
  if (makers.some((maker) => regressors.has(maker.opType))) return 'tabular-regression';
  throw new ExplainProblem('MODEL_UNSUPPORTED', 'nothing says what the model is for', null, remedy);
}

/**
 * The columns of a graph without a manifest: one input for each column gives its name; one input for all of them gives their
 * number, and they are called f0, f1, …
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED where a column is text, whose categories nothing names, or the number is not given
 */
export function inferColumns(graph: ModelGraph): readonly FeatureColumn[] {
  const [only] = graph.inputs;
  if (only === undefined) throw refuse('the graph reads nothing');
  for (const input of graph.inputs) checkNumeric(input);
  const width = only.shape?.length === 2 ? only.shape[1] : undefined;
  if (graph.inputs.length > 1 || only.shape?.length === 1 || width === 1)
    return graph.inputs.map(({ name }) => ({ name, kind: 'numeric' }));
  if (typeof width !== 'number' || width < 1) throw refuse(`input ${only.name} does not say how many columns it has`);
  return Array.from({ length: width }, (_, column) => ({ name: `f${column}`, kind: 'numeric' }));
}

function checkNumeric(input: GraphValue): void {
  const type = columnTypes.find((one) => one === input.elementType);
  if (input.elementType === 'string') throw refuse(`input ${input.name} holds text, and nothing names its categories`);
  if (input.kind !== 'tensor' || type === undefined) throw refuse(`input ${input.name} holds ${input.elementType ?? input.kind}`);
}

function refuse(detail: string): ExplainProblem {
  return new ExplainProblem('MODEL_UNSUPPORTED', detail, null, remedy);
}
