import { z } from 'zod';

const name = z.string().min(1);

/** A token by its text or its id. */
const token = z.union([z.string(), z.int()]);

/** A companion file: a plain relative path inside the model's folder. */
const companion = z
  .string()
  .refine(
    (path) => !/[\\:\0]/.test(path) && path.split('/').every((part) => part !== '..' && part !== '.'),
    'is no path inside the model folder',
  );

const feature = z
  .looseObject({
    name,
    kind: z.enum(['numeric', 'categorical']),
    categories: z
      .array(z.string())
      .min(1)
      .refine((names) => new Set(names).size === names.length, 'names a category twice')
      .optional(),
    unit: z.string().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    mean: z.number().optional(),
    sd: z.number().optional(),
    quartiles: z.array(z.number()).optional(),
  })
  .refine((one) => (one.kind === 'categorical') === (one.categories !== undefined), 'has categories exactly when it is categorical');

const perChannel = z.union([z.number(), z.array(z.number()).min(1).max(3)]);
const spreads = z.union([z.number().positive(), z.array(z.number().positive()).min(1).max(3)]);
const side = z.int().min(1).max(4096);

/** How pictures become the model's input. */
const image = z.looseObject({
  layout: z.enum(['NCHW', 'NHWC']).optional(),
  /** [height, width] */
  size: z.tuple([side, side]).optional(),
  channels: z.enum(['RGB', 'grey']).optional(),
  scale: z.number().positive().optional(),
  mean: perChannel.optional(),
  std: spreads.optional(),
  resample: z.enum(['box', 'nearest', 'bilinear']).optional(),
});

/** `model.json`, what cannot be inferred from the other files. Keys that are not named here are kept and not read. */
export const manifestSchema = z.looseObject({
  manifest: z.literal(1),
  name: name.optional(),
  task: z.string().optional(),
  classes: z
    .array(name)
    .min(2)
    .refine((classes) => new Set(classes).size === classes.length, 'names a class twice')
    .optional(),
  multiLabel: z.boolean().optional(),
  features: z
    .array(feature)
    .min(1)
    .refine((features) => new Set(features.map((one) => one.name)).size === features.length, 'names a column twice')
    .optional(),
  inputs: z.array(z.looseObject({ name, type: z.string().optional() })).optional(),
  output: z.looseObject({ name, kind: z.enum(['logits', 'probabilities', 'value', 'margin']).optional() }).optional(),
  image: image.optional(),
  maxTokens: z.int().min(1).max(1_000_000).optional(),
  specialTokens: z.looseObject({ mask: token.optional(), pad: token.optional(), eos: token.optional() }).optional(),
  examples: z.array(z.string()).optional(),
  files: z
    .looseObject({
      background: companion.optional(),
      covers: companion.optional(),
      kvCache: companion.optional(),
      rows: companion.optional(),
      population: companion.optional(),
    })
    .optional(),
});

export type Manifest = z.infer<typeof manifestSchema>;
