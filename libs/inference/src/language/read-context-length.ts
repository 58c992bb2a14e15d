import type { ModelParts } from '../folder/model-folder.js';
import { countPositions } from '../text/read-max-tokens.js';

/**
 * Tokens that a text may have: as the manifest says (`maxTokens`), else config.json (`max_position_embeddings`, `n_positions` or
 * `max_sequence_length`).
 *
 * @returns null where nothing says it
 */
export function readContextLength({ manifest, config }: ModelParts): number | null {
  const stated = manifest?.maxTokens ?? countPositions(config) ?? config?.max_sequence_length ?? null;
  return stated === null || !(stated >= 1) ? null : Math.floor(stated);
}
