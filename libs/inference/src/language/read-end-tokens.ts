import { ExplainProblem } from '#explainers';
import type { ModelParts } from '../folder/model-folder.js';

/**
 * Ids of the tokens that end a generation: all that config.json, generation_config.json (`eos_token_id`) and the manifest
 * (`specialTokens.eos`, an id or a text) name.
 *
 * @param vocabulary tokens that the model knows
 * @returns ascending, each once; empty where nothing names one
 * @throws ExplainProblem MODEL_FILE_INVALID for an id that is no token
 */
export function readEndTokens({ manifest, config, generationConfig, tokenizer }: ModelParts, vocabulary: number): readonly number[] {
  const stated = manifest?.specialTokens?.eos;
  const named = typeof stated === 'string' ? tokenizer?.added_tokens?.find(({ content }) => content === stated)?.id : stated;
  const all = [
    ['config.json: eos_token_id', config?.eos_token_id],
    ['generation_config.json: eos_token_id', generationConfig?.eos_token_id],
    ['model.json: specialTokens.eos', named],
  ] as const;
  const ids = all.flatMap(([place, value]) =>
    [value].flat().flatMap((id) => {
      if (id === null || id === undefined) return [];
      if (id >= 0 && id < vocabulary) return [id];
      const remedy = `Name a token of 0 … ${vocabulary - 1}, or leave it out.`;
      throw new ExplainProblem('MODEL_FILE_INVALID', `${place} is ${id}, and the model has ${vocabulary} tokens`, null, remedy);
    }),
  );
  return [...new Set(ids)].sort((one, other) => one - other);
}
