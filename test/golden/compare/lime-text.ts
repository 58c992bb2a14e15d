import { z } from 'zod';
import { type BinaryRows, cosineDistance, indexText, limeKernel, rebuildText } from '#attribution';
import type { TextModel } from '#explainers';
import type { StoredTensor } from '#testing';
import { compareNumbers, compareWords, type Comparison } from './comparison.js';
import { compareFit, countOnes, findDoubles, limeSelection, readRows } from './lime-fit.js';

const referenceSchema = z.object({
  kernelWidth: z.number(),
  label: z.number(),
  tolerance: z.object({ abs: z.number() }),
  cases: z.array(
    z.object({
      text: z.string(),
      case: z.number(),
      words: z.array(z.string()),
      selection: limeSelection,
      numFeatures: z.number(),
      intercept: z.number(),
      weights: z.array(z.tuple([z.number(), z.number()])),
      score: z.number(),
      localPrediction: z.number(),
    }),
  ),
});

/** The distances are one square root away from whole numbers. */
const distanceTolerance = 1e-12;

/** Float32 logits of another runtime, other operators and other batches. */
const probabilityTolerance = 2e-5;

/**
 * Holds the text surrogate against lime's own on the neighbourhoods lime drew: vocabulary, distances, fits, and with a
 * model also the probabilities of the texts rebuilt from the stored masks.
 *
 * @param reference parsed lime-text.json
 * @param tensors `Z.c` [samples, words], `probabilities.c` [samples, classes], `distances.c` [samples] of every case c
 * @param model the model that lime explained; null leaves its probabilities out
 * @throws ZodError when the reference has another form, RangeError when a tensor is missing
 */
export async function compareLimeText(
  reference: unknown,
  tensors: ReadonlyMap<string, StoredTensor>,
  model: TextModel | null,
): Promise<readonly Comparison[]> {
  const { kernelWidth, label, tolerance, cases } = referenceSchema.parse(reference);
  const comparisons: Comparison[] = [];
  const seen = new Set<number>();
  for (const entry of cases) {
    const what = `lime-text case ${entry.case}`;
    const rows = readRows(tensors, `Z.${entry.case}`);
    const ones = countOnes(rows);
    const distances = ones.map((kept) => cosineDistance(kept, rows.features));
    const probabilities = findDoubles(tensors, `probabilities.${entry.case}`);
    if (!seen.has(entry.case)) {
      seen.add(entry.case);
      const stored = findDoubles(tensors, `distances.${entry.case}`);
      comparisons.push(
        compareWords(`${what}: vocabulary`, indexText(entry.text, true).words, entry.words),
        compareNumbers(`${what}: distances`, distances, stored, distanceTolerance),
      );
      if (model) {
        const rebuilt = await predictRebuilt(entry.text, rows, model);
        comparisons.push(compareNumbers(`${what}: probabilities`, rebuilt, probabilities, probabilityTolerance));
      }
    }
    const { selection } = entry;
    if (selection === 'lasso_path') continue;
    const classes = probabilities.length / rows.length;
    comparisons.push(
      ...compareFit(
        what,
        { ...entry, selection },
        {
          rows,
          counts: ones.map(() => 1),
          kernelWeights: distances.map((distance) => limeKernel(distance, kernelWidth)),
        },
        probabilities.filter((_, index) => index % classes === label),
        tolerance.abs,
      ),
    );
  }
  return comparisons;
}

/** Probabilities [samples x classes] of the texts that the masks leave. */
async function predictRebuilt(text: string, rows: BinaryRows, model: TextModel): Promise<number[]> {
  const indexed = indexText(text, true);
  const kept = new Uint8Array(rows.features);
  const encoded = Array.from({ length: rows.length }, (_, row) => {
    rows.read(row, kept);
    return model.encode(rebuildText(indexed, kept)).ids;
  });
  const logits = await model.predict(encoded);
  return encoded.flatMap((_, row) => softmax(logits.subarray(row * model.outputs, (row + 1) * model.outputs)));
}

function softmax(logits: Float64Array): number[] {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
