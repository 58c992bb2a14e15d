import type { AttentionSlice } from '#figures';
import { z } from 'zod';
import type { ExplanationAnswer } from './explanation-answer.js';

const rollout = z.object({ readout: z.int(), scores: z.array(z.number()) });

/** How much of each token a rollout found in the one that the classifier reads; null for other methods. */
export function sliceRollout({ method, result, features, model }: ExplanationAnswer): AttentionSlice | null {
  if (method !== 'attention-rollout') return null;
  const { readout, scores } = rollout.parse(result);
  const keys = features.map((feature) => ('text' in feature ? feature.text : feature.name));
  return { title: `Attention rollout of ${model.name}`, queries: [keys[readout] ?? ''], keys, values: scores, maxAbsError: 0 };
}
