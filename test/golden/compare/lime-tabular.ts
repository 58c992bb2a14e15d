import { z } from 'zod';
import { euclideanDistance, findOutcome, learnColumn, limeKernel, type BinaryRows, type ColumnLaw } from '#attribution';
import type { TabularModel } from '#explainers';
import type { StoredTensor } from '#testing';
import { compareNumbers, compareWords, type Comparison } from './comparison.js';
import { compareFit, countOnes, findDoubles, findFloats, limeSelection, readRows } from './lime-fit.js';

const binsSchema = z.object({
  names: z.array(z.string()),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  min: z.array(z.number()),
  max: z.array(z.number()),
  edges: z.array(z.number()),
  frequency: z.array(z.number()),
  bins: z.array(z.number()),
});

const referenceSchema = z.object({
  generator: z.object({ args: z.object({ kernel_width: z.number(), categorical_features: z.array(z.number()) }) }),
  tolerance: z.object({ absolute: z.number() }),
  discretizer: z.record(z.string(), binsSchema),
  entries: z.array(
    z.object({
      row: z.number(),
      featureSelection: limeSelection,
      numFeatures: z.number(),
      intercept: z.number(),
      score: z.number(),
      localPred: z.number(),
      features: z.array(z.number()),
      weights: z.array(z.number()),
    }),
  ),
});

/** The training data lime learnt from. */
export interface TrainingRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly number[])[];
}

/** The reference's numbers have twelve significant digits; values reach 1e5. */
const digits = 1e-11;

/** Float32 inputs and outputs on both sides, and lime's values stored as float32. */
const probabilityTolerance = 1e-6;

/**
 * Holds the tabular surrogate against lime's own on the neighbourhoods lime drew: discretiser, distances, kernel weights and fits.
 *
 * The reference's `rowR.probability` lost its row stride when it was written: it holds p(row 0, class 1),
 * p(row 1, class 0), p(row 1, class 1), … and so ends half-way. What lime fitted to is therefore asked of the model
 * again, on the rows lime drew, and held against the half that is there; `rowR.output` stands in for the model.
 *
 * @param reference parsed lime-tabular.json
 * @param tensors `rowR.z`, `rowR.values`, `rowR.probability`, `rowR.distance`, `rowR.weight` of every row R;
 *   `rowR.output` [samples], the probability of class 1, where no model is given
 * @param training the background rows, categories as codes
 * @param model the model that lime explained, or null
 * @throws ZodError when the reference has another form, RangeError when a tensor or a column is missing
 */
export async function compareLimeTabular(
  reference: unknown,
  tensors: ReadonlyMap<string, StoredTensor>,
  training: TrainingRows,
  model: TabularModel | null,
): Promise<readonly Comparison[]> {
  const { generator, tolerance, discretizer, entries } = referenceSchema.parse(reference);
  const { kernel_width: storedWidth, categorical_features: categorical } = generator.args;
  const width = Math.sqrt(training.columns.length) * 0.75;
  const laws = training.columns.map((column, index) => learn(column, categorical.includes(index) ? 'categorical' : 'numeric', training));
  const comparisons: Comparison[] = [];
  for (const [column, bins] of Object.entries(discretizer)) comparisons.push(...compareBins(column, bins, training));
  comparisons.push(compareNumbers('lime-tabular: kernel width', [width], [storedWidth], digits));
  for (const row of new Set(entries.map((entry) => entry.row))) {
    const what = `lime-tabular row ${row}`;
    const rows = readRows(tensors, `row${row}.z`);
    const distances = countOnes(rows).map((kept) => euclideanDistance(kept, rows.features));
    const kernelWeights = distances.map((distance) => limeKernel(distance, width));
    const cells = Float64Array.from(findFloats(tensors, `row${row}.values`));
    const scores = model ? await predictClassOne(model, rows, cells) : findDoubles(tensors, `row${row}.output`);
    const stored = findDoubles(tensors, `row${row}.probability`).filter((_, index) => index % 2 === 0);
    comparisons.push(
      compareSame(what, rows, cells, laws),
      compareNumbers(`${what}: distances`, distances, findDoubles(tensors, `row${row}.distance`), 1e-12),
      compareNumbers(`${what}: kernel weights`, kernelWeights, findDoubles(tensors, `row${row}.weight`), 1e-12),
      compareNumbers(`${what}: probabilities`, scores.subarray(0, stored.length), stored, probabilityTolerance),
    );
    for (const entry of entries) {
      const selection = entry.featureSelection;
      if (entry.row !== row || selection === 'lasso_path') continue;
      comparisons.push(
        ...compareFit(
          what,
          {
            selection,
            numFeatures: entry.numFeatures,
            intercept: entry.intercept,
            weights: entry.features.map((feature, k) => [feature, entry.weights[k] ?? NaN] as const),
            score: entry.score,
            localPrediction: entry.localPred,
          },
          { rows, counts: scores.map(() => 1), kernelWeights },
          scores,
          tolerance.absolute,
        ),
      );
    }
  }
  return comparisons;
}

async function predictClassOne(model: TabularModel, rows: BinaryRows, cells: Float64Array): Promise<Float64Array> {
  const outputs = await model.predict({ rows: rows.length, columns: rows.features, cells });
  return outputs.filter((_, index) => index % model.outputs === 1);
}

/** Whether each cell has the bin or category of row 0, by what was learnt here, against lime's zeros and ones. */
function compareSame(what: string, rows: BinaryRows, cells: Float64Array, laws: readonly ColumnLaw[]): Comparison {
  const bits = new Uint8Array(rows.features);
  let differing = 0;
  for (let row = 0; row < rows.length; row++) {
    rows.read(row, bits);
    laws.forEach((law, column) => {
      const value = cells[row * rows.features + column] ?? NaN;
      const same = findOutcome(law, value) === findOutcome(law, cells[column] ?? NaN);
      if (same !== (bits[column] === 1)) differing++;
    });
  }
  return { what: `${what}: same bin or category`, maxAbsError: differing, tolerance: 0, ok: differing === 0 };
}

function compareBins(column: string, expected: z.infer<typeof binsSchema>, training: TrainingRows): Comparison[] {
  const law = learn(column, 'numeric', training);
  const bins = law.quartiles?.bins ?? [];
  const what = `lime-tabular ${column}`;
  const near = (name: string, actual: readonly number[], numbers: readonly number[]): Comparison =>
    compareNumbers(`${what}: ${name}`, actual, numbers, digits * Math.max(1, ...numbers.map(Math.abs)));
  const occurring = bins.map((bin, index) => ({ count: bin.count, index })).filter((bin) => bin.count > 0);
  return [
    compareWords(
      `${what}: names`,
      bins.map((bin) => bin.name),
      expected.names,
    ),
    near('edges', law.quartiles?.edges ?? [], expected.edges),
    near(
      'means',
      bins.map((bin) => bin.mean),
      expected.mean,
    ),
    near(
      'deviations',
      bins.map((bin) => bin.sd),
      expected.std,
    ),
    near(
      'minima',
      bins.map((bin) => bin.min),
      expected.min,
    ),
    near(
      'maxima',
      bins.map((bin) => bin.max),
      expected.max,
    ),
    near(
      'bins that occur',
      occurring.map((bin) => bin.index),
      expected.bins,
    ),
    near(
      'frequencies',
      occurring.map((bin) => bin.count / training.rows.length),
      expected.frequency,
    ),
  ];
}

function learn(column: string, kind: ColumnLaw['kind'], { columns, rows }: TrainingRows): ColumnLaw {
  const index = columns.indexOf(column);
  if (index < 0) throw new RangeError(`the training data have no column ${column}`);
  return learnColumn(
    column,
    kind,
    Float64Array.from(rows, (row) => row[index] ?? NaN),
  );
}
