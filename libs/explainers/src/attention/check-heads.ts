import type { KnownAttention } from '../contract/known-attention.js';
import type { AttentionParams } from './attention-params.js';
import { pickNumbers } from './head-choice.js';

/**
 * Refuses layers and heads that a model does not have, before anything is run.
 *
 * @throws ExplainProblem PARAM_INVALID at the first
 */
export function checkHeads({ layers, heads }: Pick<AttentionParams, 'layers' | 'heads'>, known: KnownAttention): void {
  pickNumbers('layer', '/params/layers', layers, known.layers);
  if (known.heads === null) return;
  const present = Array.from({ length: known.heads }, (_, head) => head);
  pickNumbers('head', '/params/heads', heads, present);
}
