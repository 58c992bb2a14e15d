import { ExplainProblem, type Task } from '#explainers';
import type { ModelParts } from '../folder/model-folder.js';
import { couldBeLogits } from '../language/choose-logits.js';
import type { Serving } from '../serving.js';
import { readMaxTokens } from '../text/read-max-tokens.js';
import { readTextInputs } from '../text/text-inputs.js';

const usual = { 'feature-extraction': ['last_hidden_state', 'token_embeddings'], 'fill-mask': ['logits'] } as const;

/**
 * How an encoder without a classifier is served: it answers no row, and its attention is shown.
 *
 * @throws ExplainProblem MODEL_UNSUPPORTED
 */
export function planEncoder(parts: ModelParts, task: Extract<Task, 'feature-extraction' | 'fill-mask'>): Serving {
  const { graph, manifest } = parts;
  const candidates = graph.outputs.filter(couldBeLogits);
  const names: readonly string[] = manifest?.output === undefined ? usual[task] : [manifest.output.name];
  const [only, ...others] = candidates;
  const chosen =
    candidates.find(({ name }) => names.includes(name)) ?? (others.length === 0 && manifest?.output === undefined ? only : undefined);
  if (chosen === undefined)
    throw new ExplainProblem(
      'MODEL_UNSUPPORTED',
      `of the outputs ${graph.outputs.map(({ name }) => name).join(', ')}, none is known to hold numbers of each token`,
      null,
      `Name the output in model.json: { "output": { "name": "${usual[task][0]}" } }; its shape is [batch, tokens, numbers].`,
    );
  return {
    task,
    classes: [],
    multiLabel: false,
    output: {
      name: chosen.name,
      kind: task === 'fill-mask' ? 'logits' : 'value',
      fetch: chosen.name,
      hidden: false,
      labels: null,
    },
    outputs: 0,
    features: [],
    maxTokens: readMaxTokens(parts, readTextInputs(graph).fixedTokens),
  };
}
