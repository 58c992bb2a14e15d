import { z } from 'zod';

export const playerKinds = ['characters', 'tokens', 'words', 'sentences', 'columns', 'groups', 'windows'] as const;
export type PlayerKind = (typeof playerKinds)[number];

export const maskerKinds = ['mask-token', 'delete', 'replace', 'background', 'baseline-row', 'grey'] as const;
export type MaskerKind = (typeof maskerKinds)[number];

const row = z.record(z.string(), z.union([z.number(), z.string()]));
const span = z.tuple([z.int().min(0), z.int().min(0)]);
const wellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text) && !text.includes('\0');

const group = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(200)
    .refine(wellFormed, 'holds NUL or half of a surrogate pair')
    .meta({ description: 'Its name in the result.' }),
  columns: z.array(z.string()).min(1).optional().meta({ description: 'Column names, for a tabular model.' }),
  spans: z.array(span).min(1).optional().meta({ description: 'Ranges [start, end) of UTF-16 code units, for a text model.' }),
});

const datasetBackground = z.strictObject({
  dataset: z.string().min(1).max(128).meta({ description: 'Name of a data set; its columns are those of the model.' }),
  version: z.string().min(1).max(64).optional().meta({ description: 'A version of it; the newest when left out.' }),
  rows: z.int().min(1).max(1000).meta({ description: 'How many of its rows are drawn, without replacement, and used in their order.' }),
  seed: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'What the draw depends on; the seed of the request when left out.' }),
});

const storedBaseline = z
  .strictObject({ name: z.string(), version: z.string(), sha256: z.string() })
  .meta({ description: 'The stored baseline whose values these are; written by the platform, refused in a request.' });

/** Request parameters of every method that plays a coalition game: who plays, and what absence means. */
export const gameParams = {
  players: z.enum(playerKinds).nullable().default(null).meta({
    description:
      'What is attributed to: characters, tokens, words or sentences of a text, columns of a row, groups, or windows of a picture. By default (null) words of a text, columns of a row and windows of a picture.',
  }),
  groups: z
    .array(group)
    .min(1)
    .max(1000)
    .optional()
    .meta({ description: 'The players when `players` is groups: named columns or spans. What is in no group is always present.' }),
  masker: z.enum(maskerKinds).nullable().default(null).meta({
    description:
      "What stands for an absent player. Text: mask-token (the tokenizer's mask token for each of its tokens), delete, replace (by `replacement`). Row: background (the values of each background row in turn, averaged), baseline-row (the values of `baseline`). Picture: grey (the pixel that the normalisation of the model makes 0; the middle of the range, 127.5, where it subtracts nothing). By default (null) mask-token where the tokenizer has a mask token, delete where it has none, background for a row, grey for a picture.",
  }),
  replacement: z
    .string()
    .min(1)
    .max(200)
    .refine(wellFormed, 'holds NUL or half of a surrogate pair')
    .optional()
    .meta({ description: "The filler of the masker replace: each run of an absent player's tokens becomes this text once." }),
  background: z
    .union([
      z.strictObject({ rows: z.array(row).min(1).max(1000).meta({ description: 'Rows that stand for absence, each with every column.' }) }),
      datasetBackground,
    ])
    .optional()
    .meta({ description: "Background rows of the masker background; the model's own when left out." }),
  baseline: z
    .strictObject({ features: row, stored: storedBaseline.optional() })
    .optional()
    .meta({ description: 'The row of the masker baseline-row: one value per column.' }),
};

/** The parsed parameters. */
export type GameParams = z.output<z.ZodObject<typeof gameParams>>;

/** A named group as it was sent. */
export type GroupRequest = NonNullable<GameParams['groups']>[number];
