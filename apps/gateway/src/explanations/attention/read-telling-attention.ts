import type { History, OpenedExplanation } from '#history';
import { ProblemError } from '#platform';
import { z } from 'zod';
import { toExplanationAnswer } from '../explanation-answer.js';
import type { AttentionQuestion } from './attention-query.js';
import { chooseTellingHead } from './choose-telling-head.js';
import { findAttention } from './find-attention.js';
import { sliceAttention, type AttentionPart } from './slice-attention.js';

/** The part that stands for the attention of an explanation where none was asked for, or why there is none. */
export type TellingAttention = TellingPart | { readonly missing: string };

export interface TellingPart {
  readonly part: AttentionPart;
  readonly maxAbsError: number;
  /** Path of this part alone. */
  readonly path: string;
}

/** What is read and drawn at most. */
export interface PictureLimits {
  /** Numbers of the whole tensor, all of which are unsealed. */
  readonly numbers: number;
  /** Tokens that look times tokens that are looked at. */
  readonly cells: number;
}

const share = z.number().nullable();
const heads = z.object({
  layers: z.array(
    z.object({
      layer: z.int(),
      heads: z.array(z.object({ head: z.int(), entropy: z.number(), first: share, previous: share, self: share, separator: share })),
    }),
  ),
  keys: z.int(),
});

/**
 * The most telling head of an explanation by the method attention; of a generation its row for the last token that has a text.
 *
 * @returns null for other methods
 * @throws ProblemError PAYLOAD_ERASED
 */
export async function readTellingAttention(
  history: History,
  tenant: string,
  opened: OpenedExplanation,
  limits: PictureLimits,
): Promise<TellingAttention | null> {
  if (opened.row.method !== 'attention') return null;
  const explanation = toExplanationAnswer(opened);
  const kept = findAttention(explanation);
  if (kept.isScore) return { missing: 'scores before the softmax are no shares that could be drawn' };
  const { layers, keys } = heads.parse(explanation.result);
  const chosen = chooseTellingHead(
    layers.flatMap(({ layer, heads: own }) => own.map((head) => ({ layer, ...head }))),
    keys,
  );
  const row = opened.row.tensors.find(({ name }) => name === kept.tensor);
  if (row === undefined || chosen === null) return { missing: 'no head was kept' };
  const cells = kept.isGenerated ? keys : kept.queries.length * keys;
  const numbers = row.shape.reduce((product, length) => product * length, 1);
  const room = 'too many for a page; the address below draws them';
  if (cells > limits.cells) return { missing: `${kept.queries.length} tokens that look at ${keys} are ${room}` };
  if (numbers > limits.numbers) return { missing: `the explanation keeps ${numbers} numbers, ${room}` };
  const bytes = await history.openTensor(tenant, opened.row, row.name);
  if (bytes === null) throw new ProblemError('PAYLOAD_ERASED');
  const { layer, head } = chosen;
  const step = kept.isGenerated
    ? Math.max(
        0,
        kept.queries.findLastIndex((token) => token.trim() !== ''),
      )
    : undefined;
  const asked: AttentionQuestion = { layer, head, step };
  const path = `/v1/explanations/${explanation.id}/attention?layer=${layer}&head=${head}${step === undefined ? '' : `&step=${step}`}`;
  return { part: sliceAttention(kept, { dtype: row.dtype, bytes }, asked), maxAbsError: row.maxAbsError, path };
}
