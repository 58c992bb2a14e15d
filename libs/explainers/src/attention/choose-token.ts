import { drawToken, rankTokens } from '#attribution';
import { Random } from '#numeric';
import type { ExplainRequest, TokenSampling } from '../contract/explainer.js';

/** Stage of the random numbers that tokens are drawn with. */
const DRAW_TOKENS = 0x61_74;

/** The token that a generation goes on with: the likeliest, or drawn from the seed of the request. */
export function chooseToken({ input, seed }: Pick<ExplainRequest<unknown>, 'input' | 'seed'>, logits: Float32Array, step: number): number {
  const sampling = 'generate' in input ? input.generate.sampling : 'greedy';
  if (sampling === 'greedy') return rankTokens(logits, 1)[0] ?? 0;
  return drawToken(logits, sampling satisfies TokenSampling, new Random(seed, DRAW_TOKENS, step, 0));
}
