import { nameTarget, nameUnit, type ImportanceSlice, type WordSlice } from '#figures';
import { z } from 'zod';
import type { ExplanationAnswer } from './explanation-answer.js';

const interval = z.tuple([z.number(), z.number()]).nullable();
const estimate = z.object({ value: z.number(), interval });

const column = z.object({
  name: z.string(),
  meanAbs: estimate,
  mean: estimate,
  quantiles: z.array(z.object({ share: z.number(), value: z.number() })),
  positive: z.int(),
  negative: z.int(),
  zero: z.int(),
});

const word = z.object({
  word: z.string(),
  occurrences: z.int(),
  mean: z.number(),
  interval,
  total: z.number(),
  meanAbs: z.number(),
});

/** What pictures and pages read of the result of an explanation of a whole data set. */
const importance = z.object({
  rows: z.object({ asked: z.int(), explained: z.int(), failed: z.array(z.object({ code: z.string(), rows: z.int() })) }),
  method: z.string(),
  confidence: z.number(),
  targets: z.array(
    z.object({
      columns: z.array(column),
      words: z.object({ distinct: z.int(), toward: z.array(word), against: z.array(word) }).nullable(),
    }),
  ),
  sample: z.array(
    z.object({
      row: z.int(),
      values: z.array(z.union([z.number(), z.string()]).nullable()),
      attributions: z.array(z.array(z.number())),
    }),
  ),
});

export type Importance = z.output<typeof importance>;
export type ColumnOfData = Importance['targets'][number]['columns'][number];
export type WordOfData = z.output<typeof word>;

/** Null for an explanation of a single input. */
export function readImportance(explanation: ExplanationAnswer): Importance | null {
  if (explanation.method !== 'global-importance') return null;
  return importance.parse(explanation.result);
}

/** What figures read of one target; null where there is no such target, or no columns, as for texts. */
export function sliceColumns(explanation: ExplanationAnswer, found: Importance, index: number): ImportanceSlice | null {
  const target = explanation.targets[index];
  const columns = found.targets[index]?.columns ?? [];
  if (target === undefined || columns.length === 0) return null;
  return {
    title: `What moves ${nameTarget(target)}`,
    unit: nameUnit(target),
    confidence: found.confidence,
    columns,
    sample: found.sample.map((row) => ({ values: row.values, attributions: row.attributions[index] ?? [] })),
  };
}

const MOST_WORDS = 12;

/** The words with the largest sums of attributions either way; null where the rows are no texts. */
export function sliceWords(explanation: ExplanationAnswer, found: Importance, index: number): WordSlice | null {
  const target = explanation.targets[index];
  const words = found.targets[index]?.words ?? null;
  if (target === undefined || words === null) return null;
  return {
    title: `Words that move ${nameTarget(target)}`,
    unit: `${nameUnit(target)}, a mean per occurrence`,
    confidence: found.confidence,
    words: [...words.toward.slice(0, MOST_WORDS), ...words.against.slice(0, MOST_WORDS)],
  };
}
