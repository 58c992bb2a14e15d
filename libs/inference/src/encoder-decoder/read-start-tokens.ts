import { ExplainProblem } from '#explainers';
import type { ModelParts } from '../folder/model-folder.js';

/**
 * Ids that every output begins with: `decoder_start_token_id`, and behind it `forced_bos_token_id` where there is one, each of
 * generation_config.json, else of config.json. A token that is forced is read as if it had been chosen, and has no probability.
 *
 * @param vocabulary every id is below it
 * @throws ExplainProblem MODEL_UNSUPPORTED where nothing says it
 */
export function readStartTokens({ config, generationConfig }: ModelParts, vocabulary: number): Int32Array {
  const start = generationConfig?.decoder_start_token_id ?? config?.decoder_start_token_id ?? null;
  const remedy = 'Put "decoder_start_token_id" into config.json, as save_pretrained of the model writes it.';
  if (start === null) throw new ExplainProblem('MODEL_UNSUPPORTED', 'nothing says which token an output begins with', null, remedy);
  const forced = generationConfig?.forced_bos_token_id ?? config?.forced_bos_token_id ?? null;
  const ids = forced === null ? [start] : [start, forced];
  const bad = ids.find((id) => id < 0 || id >= vocabulary);
  if (bad === undefined) return Int32Array.from(ids);
  throw new ExplainProblem('MODEL_UNSUPPORTED', `an output is said to begin with token ${bad}, and there are ${vocabulary}`, null, remedy);
}
