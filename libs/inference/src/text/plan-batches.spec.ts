import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { planBatches, type BatchRules } from './plan-batches.js';

const usual: BatchRules = {
  tokenBudget: 384,
  bucket: 8,
  maxTokens: 512,
  padding: true,
  fixedRows: null,
  fixedTokens: null,
  alone: false,
  rowsInOrder: null,
};
const lengths = fc.array(fc.integer({ min: 1, max: 510 }), { maxLength: 60 });
const rules = fc.constantFrom<BatchRules>(
  usual,
  { ...usual, padding: false },
  { ...usual, rowsInOrder: 8 },
  { ...usual, rowsInOrder: 8, padding: false },
  { ...usual, alone: true },
  { ...usual, fixedRows: 4, fixedTokens: 512 },
  { ...usual, maxTokens: 510 },
);

describe('planBatches', () => {
  it('runs every row once, with room for all its tokens', () => {
    fc.assert(
      fc.property(lengths, rules, (rows, rule) => {
        const batches = planBatches(rows, rule);
        expect(batches.flatMap((batch) => batch.rows).sort((one, other) => one - other)).toEqual(rows.map((_, row) => row));
        for (const batch of batches) for (const row of batch.rows) expect(batch.tokens).toBeGreaterThanOrEqual(rows[row] ?? Infinity);
      }),
      { seed: 1 },
    );
  });

  it('pads to the longest row of a run and by less than eight tokens, within the budget', () => {
    fc.assert(
      fc.property(lengths, (rows) => {
        for (const { rows: members, tokens } of planBatches(rows, { ...usual, maxTokens: 510 })) {
          expect(tokens).toBe(Math.max(...members.map((row) => rows[row] ?? 0)));
          expect(members.length === 1 || members.length * tokens <= 384).toBe(true);
          for (const row of members) expect(tokens - (rows[row] ?? 0)).toBeLessThan(8);
        }
      }),
      { seed: 2 },
    );
  });

  it('fills a run before it opens another of the same length', () => {
    const batches = planBatches(
      Array.from({ length: 100 }, () => 8),
      usual,
    );
    expect(batches.map((batch) => batch.rows.length)).toEqual([48, 48, 4]);
  });

  it('mixes no lengths where the graph cannot be told what is padding', () => {
    fc.assert(
      fc.property(lengths, fc.constantFrom(null, 8), (rows, rowsInOrder) => {
        for (const batch of planBatches(rows, { ...usual, padding: false, rowsInOrder }))
          for (const row of batch.rows) expect(rows[row]).toBe(batch.tokens);
      }),
      { seed: 3 },
    );
  });

  it('runs each row alone and without padding, for a model that rounds by the largest number of a run', () => {
    const rows = [3, 30, 4, 9];
    expect(planBatches(rows, { ...usual, alone: true }).map(({ rows: members, tokens }) => [...members, tokens])).toEqual([
      [0, 3],
      [2, 4],
      [3, 9],
      [1, 30],
    ]);
  });

  it('keeps the order, eight to a run, for a model whose rows depend on their company', () => {
    const batches = planBatches([3, 30, 4, 9, 1, 1, 1, 1, 7, 2], { ...usual, rowsInOrder: 8 });
    expect(batches).toEqual([
      { rows: [0, 1, 2, 3, 4, 5, 6, 7], tokens: 30 },
      { rows: [8, 9], tokens: 7 },
    ]);
  });
});
