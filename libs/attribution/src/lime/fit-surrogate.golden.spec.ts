import { describe, expect, it } from '@jest/globals';
import { readGoldenTensors, readGoldenText } from '#testing';
import { compareLimeTabular, type TrainingRows } from '../../../../test/golden/compare/lime-tabular.js';
import { compareLimeText } from '../../../../test/golden/compare/lime-text.js';

function readTraining(path: string): TrainingRows {
  const [header = '', ...lines] = readGoldenText(path).trim().split('\n');
  return { columns: header.split(','), rows: lines.map((line) => line.split(',').map(Number)) };
}

describe('lime 0.2.0.1', () => {
  it('makes the same surrogate of its own text neighbourhoods', async () => {
    const comparisons = await compareLimeText(
      JSON.parse(readGoldenText('lime/sst2-minilm.json')),
      readGoldenTensors('lime/sst2-minilm.safetensors.gz'),
      null,
    );
    // 3 texts: vocabulary, distances, and 5 numbers or lists of each of 6 fits
    expect(comparisons).toHaveLength(3 * (2 + 6 * 5));
    expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
  });

  it.each([
    ['adult-lightgbm', 5],
    ['german-credit-linear', 6],
  ])('discretises, weighs and fits the rows of %s the same', async (model, numericColumns) => {
    const comparisons = await compareLimeTabular(
      JSON.parse(readGoldenText(`lime/${model}.json`)),
      readGoldenTensors(`lime/${model}.safetensors.gz`),
      readTraining(`lime/${model}.background.csv`),
      null,
    );
    // every numeric column: 8 lists; the kernel width; 3 rows: bins, distances, weights, probabilities, and 5 parts of each of 6 fits
    expect(comparisons).toHaveLength(numericColumns * 8 + 1 + 3 * (4 + 6 * 5));
    expect(comparisons.filter(({ ok }) => !ok)).toEqual([]);
  });
});
