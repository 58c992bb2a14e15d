import { ExplainProblem } from '#explainers';
import type { ModelParts } from '../folder/model-folder.js';

/**
 * Families that number positions from padding_idx + 1 = 2 on (transformers, create_position_ids_from_input_ids), so
 * that two rows of their position table belong to no token.
 */
const twoPositionsLost = new Set([
  'roberta',
  'roberta-prelayernorm',
  'xlm-roberta',
  'xlm-roberta-xl',
  'camembert',
  'xmod',
  'data2vec-text',
  'mpnet',
  'longformer',
  'luke',
  'ibert',
  'markuplm',
]);

/** What tokenizers write for "no limit". */
const unlimited = 1e9;

/** Tokens that have a position, by config.json (`max_position_embeddings` or `n_positions`); null where it does not say. */
export function countPositions(config: ModelParts['config']): number | null {
  const positions = config?.max_position_embeddings ?? config?.n_positions ?? null;
  return positions === null ? null : positions - (twoPositionsLost.has(config?.model_type ?? '') ? 2 : 0);
}

/**
 * Longest input in tokens, special tokens included: as the manifest says, else config.json
 * (`max_position_embeddings`), else tokenizer_config.json (`model_max_length`); never more than the graph's own shape.
 *
 * @param fixedTokens tokens of a row where the graph fixes them, else null
 * @throws ExplainProblem MODEL_UNSUPPORTED where nothing says it
 */
export function readMaxTokens({ manifest, config, tokenizerConfig }: ModelParts, fixedTokens: number | null): number {
  const stated = manifest?.maxTokens ?? countPositions(config) ?? tokenizerConfig?.model_max_length ?? fixedTokens;
  if (stated === null || stated < 1 || stated >= unlimited) {
    throw new ExplainProblem('MODEL_UNSUPPORTED', 'nothing says how many tokens the model reads', null, 'Put "maxTokens" into model.json.');
  }
  return Math.min(Math.floor(stated), fixedTokens ?? Infinity);
}
