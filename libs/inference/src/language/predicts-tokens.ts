import type { ModelParts } from '../folder/model-folder.js';
import { couldBeLogits } from './choose-logits.js';

const causal = /(?:ForCausalLM|LMHeadModel)$/;

/**
 * Whether a graph that reads tokens is a causal language model, by its files: the architecture of config.json, else an output `logits`
 * [batch, tokens, vocabulary] and no names of classes. That later tokens change nothing is for a run to show.
 */
export function predictsTokens({ config, graph }: ModelParts): boolean {
  const architectures = config?.architectures ?? [];
  if (architectures.length > 0) return architectures.some((name) => causal.test(name));
  if (Object.keys(config?.id2label ?? {}).length > 0) return false;
  return graph.outputs.some((output) => output.name === 'logits' && output.shape?.length === 3 && couldBeLogits(output));
}
