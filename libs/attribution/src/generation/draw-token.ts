import type { Random } from '#numeric';
import { logSumExp } from './log-sum-exp.js';

export interface DrawRules {
  /** Divides the logits; above 0. */
  readonly temperature: number;
  /** Null: all tokens. */
  readonly topK: number | null;
  /** Null: all tokens. */
  readonly topP: number | null;
}

/**
 * Draws a token: of the `topK` likeliest, the fewest that have `topP` together at this temperature, in proportion to their probabilities.
 *
 * @param logits of the whole vocabulary
 * @returns its id
 *
 * Source: A. Holtzman et al. (2020), The Curious Case of Neural Text Degeneration, section 3.1 (nucleus) and 3.2 (top-k, temperature).
 */
export function drawToken(logits: Float32Array | Float64Array, { temperature, topK, topP }: DrawRules, random: Random): number {
  const tempered = Float64Array.from(logits, (logit) => logit / temperature);
  const whole = logSumExp(tempered);
  const ranked = Array.from(tempered, (logit, id) => ({ id, probability: Math.exp(logit - whole) }))
    .sort((one, other) => other.probability - one.probability || one.id - other.id)
    .slice(0, topK ?? Infinity);
  const kept = keepNucleus(ranked, topP);
  let left = random.float() * kept.reduce((sum, { probability }) => sum + probability, 0);
  for (const { id, probability } of kept) {
    left -= probability;
    if (left < 0) return id;
  }
  return kept.at(-1)?.id ?? 0;
}

interface Candidate {
  readonly id: number;
  readonly probability: number;
}

/** @param topP of what top-k has left */
function keepNucleus(ranked: readonly Candidate[], topP: number | null): readonly Candidate[] {
  if (topP === null) return ranked;
  const enough = topP * ranked.reduce((sum, { probability }) => sum + probability, 0);
  let sum = 0;
  const last = ranked.findIndex(({ probability }) => (sum += probability) >= enough);
  return last < 0 ? ranked : ranked.slice(0, last + 1);
}
