import { ProblemError } from '#platform';
import { z } from 'zod';
import type { ExplanationAnswer } from '../explanation-answer.js';

const attentionResult = z.object({
  layers: z.array(z.object({ layer: z.int(), kind: z.string(), heads: z.array(z.object({ head: z.int() })) })),
  queries: z.array(z.int()),
  keys: z.int(),
  keysFrom: z.int().default(0),
  generated: z.array(z.object({ token: z.string() })).optional(),
});

/** The attention that an explanation keeps. */
export interface KeptAttention {
  readonly tensor: string;
  /** Numbers of the layers in the tensor; null for a rollout, which is one map. */
  readonly layers: readonly number[] | null;
  /** Numbers of the heads, alike for all layers. */
  readonly heads: readonly number[];
  /** Tokens of the rows and columns. */
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** Whether the numbers are scores before the softmax, not shares. */
  readonly isScore: boolean;
  /** Whether each row belongs to a generated token. */
  readonly isGenerated: boolean;
  /** Whether the columns are another text than the rows, so that every row sees all of them. */
  readonly isCross: boolean;
}

/** @throws ProblemError NOT_FOUND for an explanation that has none */
export function findAttention({ method, params, features, result }: ExplanationAnswer): KeptAttention {
  const tokens = features.map((feature) => ('text' in feature ? feature.text : feature.name));
  if (method === 'attention-rollout')
    return {
      tensor: 'rollout',
      layers: null,
      heads: [],
      queries: tokens,
      keys: tokens,
      isScore: false,
      isGenerated: false,
      isCross: false,
    };
  if (method !== 'attention') {
    throw new ProblemError('NOT_FOUND', {
      detail: `an explanation by ${method} keeps no attention`,
      remedy: 'Explain the input by the method attention or attention-rollout.',
    });
  }
  const { layers, queries, keys, keysFrom, generated } = attentionResult.parse(result);
  return {
    tensor: 'attention',
    layers: layers.map(({ layer }) => layer),
    heads: layers[0]?.heads.map(({ head }) => head) ?? [],
    queries: generated?.map(({ token }) => token) ?? queries.map((position) => tokens[position] ?? ''),
    keys: tokens.slice(keysFrom, keysFrom + keys),
    isScore: params['space'] === 'score',
    isGenerated: generated !== undefined,
    isCross: layers.some(({ kind }) => kind === 'cross'),
  };
}
