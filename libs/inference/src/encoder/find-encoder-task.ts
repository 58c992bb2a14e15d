import type { Task } from '#explainers';
import type { ModelParts } from '../folder/model-folder.js';
import { couldBeLogits } from '../language/choose-logits.js';

/** Outputs of exports without a head, by the names that exporters give them. */
const hidden = /^(?:last_hidden_state|token_embeddings)$/;
const beside = /^(?:sentence_embedding|pooler_output|hidden_states|attentions)/;
const masked = 'ForMaskedLM';

/**
 * What an encoder without a classifier is for, by its files: feature-extraction where the graph gives the hidden state of every token and
 * what is made of it, fill-mask where config.json names such an architecture and the logits are those of every token.
 *
 * @returns null for every other model
 */
export function findEncoderTask({
  config,
  graph,
}: Pick<ModelParts, 'config' | 'graph'>): Extract<Task, 'feature-extraction' | 'fill-mask'> | null {
  const { outputs } = graph;
  if (outputs.some(({ name }) => hidden.test(name)) && outputs.every(({ name }) => hidden.test(name) || beside.test(name)))
    return 'feature-extraction';
  const isMasked = config?.architectures?.some((name) => name.endsWith(masked)) ?? false;
  return isMasked && outputs.some(couldBeLogits) ? 'fill-mask' : null;
}
