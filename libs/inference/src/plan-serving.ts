import { ExplainProblem, tasks, type FeatureColumn, type Task } from '#explainers';
import { findEncoderTask } from './encoder/find-encoder-task.js';
import { planEncoder } from './encoder/plan-encoder.js';
import { readsOutput, refuseEncoderDecoder } from './encoder-decoder/encoder-decoder-inputs.js';
import { planEncoderDecoder } from './encoder-decoder/plan-encoder-decoder.js';
import { readsPictures } from './image/image-input.js';
import { planImage } from './image/plan-image.js';
import type { ModelParts } from './folder/model-folder.js';
import { planLanguage } from './language/plan-language.js';
import { predictsTokens } from './language/predicts-tokens.js';
import type { Serving } from './serving.js';
import { chooseOutput, type ChosenOutput } from './session/choose-output.js';
import { inferColumns, inferTableTask } from './tabular/infer-table.js';
import { readTabularInputs, readsInteger } from './tabular/tabular-inputs.js';
import { readTextInputs, readsTokens } from './text/text-inputs.js';
import { readMaxTokens } from './text/read-max-tokens.js';

const manifestRemedy = 'Put a model.json into the folder, with manifest: 1, task, and for a tabular model features and classes.';

/**
 * Reads from manifest, configuration and graph what the model is for. A graph that reads `input_ids` is a text model
 * and needs no manifest when its config.json names the classes, or an encoder, an encoder-decoder or a causal language model; a table
 * needs none where its converter left no doubt. A graph whose only input has four dimensions is an image model.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED with a remedy
 */
export function planServing(parts: ModelParts): Serving {
  const task = readTask(parts);
  if (task === 'causal-lm') return planLanguage(parts);
  if (task === 'text2text-generation') return planEncoderDecoder(parts);
  if (task === 'feature-extraction' || task === 'fill-mask') return planEncoder(parts, task);
  const text = task === 'text-classification' || task === 'text-regression';
  const pictures = task === 'image-classification';
  const image = pictures ? planImage(parts) : null;
  const output = chooseOutput(parts, task);
  const classes = task === 'text-regression' || task === 'tabular-regression' ? [] : readClasses(parts, output);
  return {
    task,
    classes,
    multiLabel: classes.length > 0 && (parts.manifest?.multiLabel ?? parts.config?.problem_type === 'multi_label_classification'),
    output,
    outputs: Math.max(1, classes.length),
    features: text || pictures ? [] : readFeatures(parts),
    maxTokens: text ? readMaxTokens(parts, readTextInputs(parts.graph).fixedTokens) : null,
    ...(image && { image }),
  };
}

function readTask(parts: ModelParts): Task {
  const { graph, manifest, config } = parts;
  const text = readsTokens(graph);
  const stated = manifest?.task;
  if (stated === undefined) {
    if (!text) return manifest?.image !== undefined || readsPictures(graph) ? 'image-classification' : inferTableTask(graph);
    if (readsOutput(graph)) return 'text2text-generation';
    if (graph.inputs.some(({ name }) => name === 'encoder_hidden_states'))
      throw refuseEncoderDecoder('the graph reads encoder_hidden_states: it is a decoder without its encoder');
    const encoder = findEncoderTask(parts);
    if (encoder !== null) return encoder;
    if (predictsTokens(parts)) return 'causal-lm';
    const labels = Object.keys(config?.id2label ?? {}).length;
    return config?.problem_type === 'regression' || labels === 1 ? 'text-regression' : 'text-classification';
  }
  const task = tasks.find((one) => one === stated);
  if (task === undefined)
    throw new ExplainProblem(
      'MODEL_UNSUPPORTED',
      `the task ${JSON.stringify(stated)} is not served`,
      null,
      `Tasks are ${tasks.join(', ')}.`,
    );
  if (
    text ? task.startsWith('tabular-') || task === 'image-classification' : !task.startsWith('tabular-') && task !== 'image-classification'
  )
    throw new ExplainProblem(
      'MODEL_UNSUPPORTED',
      `the task is ${task}, and the graph ${text ? 'reads' : 'does not read'} input_ids`,
      null,
      manifestRemedy,
    );
  return task;
}

function readClasses({ manifest, config }: ModelParts, output: ChosenOutput): readonly string[] {
  const classes = manifest?.classes ?? orderLabels(config?.id2label ?? {}) ?? output.labels;
  if (classes === null || classes.length < 2 || new Set(classes).size !== classes.length) {
    throw new ExplainProblem(
      'MODEL_UNSUPPORTED',
      'nothing names the classes in output order, each with a name of its own',
      null,
      'Put "classes": ["…", "…"] into model.json.',
    );
  }
  return classes;
}

function orderLabels(id2label: Readonly<Record<string, string>>): readonly string[] | null {
  const labels = Object.keys(id2label).map((_, index) => id2label[String(index)]);
  const known = labels.filter((label) => label !== undefined);
  return known.length === labels.length && known.length > 0 ? known : null;
}

function readFeatures({ graph, manifest }: ModelParts): readonly FeatureColumn[] {
  const named = manifest?.features ?? inferColumns(graph);
  const features: readonly FeatureColumn[] = named.map(({ name, kind, categories, unit, min, max, mean, sd, quartiles }) => ({
    name,
    kind,
    ...(categories && { categories }),
    ...(unit !== undefined && { unit }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(mean !== undefined && { mean }),
    ...(sd !== undefined && { sd }),
    ...(quartiles && { quartiles }),
  }));
  const inputs = readTabularInputs(graph, features);
  return features.map((feature, column) =>
    feature.kind === 'numeric' && readsInteger(inputs, column) ? { ...feature, integer: true } : feature,
  );
}
