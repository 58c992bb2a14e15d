import { z } from 'zod';

const interval = z.tuple([z.number(), z.number()]);
const estimate = z.object({
  value: z.number(),
  interval: interval.nullable().meta({
    description:
      'Percentiles of the bootstrap over rows; null unless two rows were explained and two replicates have rows: of one, nothing is known.',
  }),
});

const columnSchema = z
  .object({
    name: z.string(),
    meanAbs: estimate.meta({ description: 'Mean of |attribution| over the rows.' }),
    mean: estimate.meta({ description: 'Mean attribution over the rows.' }),
    quantiles: z
      .array(z.object({ share: z.number(), value: z.number() }))
      .meta({ description: 'Of the attribution, right to `quantileRelativeError`.' }),
    positive: z.int().meta({ description: 'Rows with an attribution above 0.' }),
    negative: z.int(),
    zero: z.int().meta({ description: 'Rows with an attribution below 1e-12 in size.' }),
    meanStandardError: z
      .number()
      .nullable()
      .meta({ description: 'Mean over the rows of what the local method says of its own error; null for exact ones.' }),
  })
  .meta({ id: 'ColumnImportance' });

const wordSchema = z
  .object({
    word: z.string().meta({ description: 'In lower case.' }),
    occurrences: z.int(),
    missed: z.int().meta({ description: 'Further occurrences there may be, at most; 0 while the table is exact.' }),
    mean: z.number().meta({ description: 'Mean attribution of an occurrence.' }),
    interval: interval.nullable().meta({ description: 'Of the mean, from the spread over occurrences; null for a single one.' }),
    total: z.number().meta({ description: 'Sum of its attributions: what the word moved in all.' }),
    meanAbs: z.number(),
  })
  .meta({ id: 'WordImportance' });

export const importanceResultSchema = z.object({
  rows: z.object({
    asked: z.int(),
    explained: z.int().meta({ description: 'The n behind every number here.' }),
    failed: z
      .array(z.object({ code: z.string(), rows: z.int() }))
      .meta({ description: 'Rows that could not be explained, by problem code.' }),
  }),
  method: z.string().meta({ description: 'The local method.' }),
  replicates: z.int(),
  confidence: z.number(),
  quantileRelativeError: z.number(),
  targets: z
    .array(
      z.object({
        columns: z.array(columnSchema).meta({ description: 'In the order of `features`; empty for texts.' }),
        words: z
          .object({
            distinct: z.int().meta({ description: 'Different words in the table.' }),
            missedAtMost: z
              .int()
              .meta({ description: 'Occurrences that a word which is not in the table can have at most; 0 while the table is exact.' }),
            toward: z.array(wordSchema),
            against: z.array(wordSchema),
          })
          .nullable()
          .meta({ description: 'For texts: the words with the largest sums of attributions, either way.' }),
      }),
    )
    .meta({ description: 'One per target.' }),
  sample: z
    .array(
      z.object({
        row: z.int().meta({ description: 'Number of the row in the data set.' }),
        values: z
          .array(z.union([z.number(), z.string()]).nullable())
          .meta({ description: 'One per feature; null for a group of columns.' }),
        attributions: z.array(z.array(z.number())).meta({ description: '[target][feature]' }),
      }),
    )
    .meta({ description: 'A uniform sample of rows, for a beeswarm; empty for texts.' }),
  rowWarnings: z.array(z.object({ code: z.string(), rows: z.int() })).meta({ description: 'Warnings of single rows, counted.' }),
});

export type ImportanceResult = z.output<typeof importanceResultSchema>;
