import type { ModelParts } from '../folder/model-folder.js';

/**
 * Ids of the tokens that end a generation: all that config.json, generation_config.json (`eos_token_id`) and the manifest
 * (`specialTokens.eos`, an id or a text) name.
 *
 * @returns ascending, each once; empty where nothing names one
 */
export function readEndTokens({ manifest, config, generationConfig, tokenizer }: ModelParts): readonly number[] {
  const stated = manifest?.specialTokens?.eos;
  const named = typeof stated === 'string' ? tokenizer?.added_tokens?.find(({ content }) => content === stated)?.id : stated;
  const all = [config?.eos_token_id, generationConfig?.eos_token_id, named].flat();
  const ids = all.filter((id): id is number => typeof id === 'number' && id >= 0);
  return [...new Set(ids)].sort((one, other) => one - other);
}
