import { tasks, type ModelDescription } from '#explainers';
import type { Deletion, ModelSummary, ModelVersion } from '#catalog';
import { problemCatalog } from '#platform';
import { z } from 'zod';
import type { VersionMethods } from '../methods/method-registry.js';

const moment = z.iso.datetime();
const fileSchema = z.object({ name: z.string(), sha256: z.string(), size: z.int().meta({ description: 'Bytes.' }) });

export const modelSchema = z
  .object({
    name: z.string(),
    createdAt: moment,
    aliases: z.record(z.string(), z.string()).meta({ description: 'Alias to version.' }),
    versions: z.array(z.string()).meta({ description: 'Newest first.' }),
    href: z.string(),
  })
  .meta({ id: 'Model' });

export const versionSchema = z
  .object({
    model: z.string(),
    version: z.string(),
    state: z.enum(['VALIDATING', 'ACTIVE', 'REJECTED']),
    reasons: z
      .array(z.object({ code: z.string(), detail: z.string(), remedy: z.string().nullable() }))
      .meta({ description: 'Why it was REJECTED, and what to do.' }),
    sha256: z.string().nullable().meta({ description: 'Over the list of files.' }),
    files: z.array(fileSchema),
    task: z.enum(tasks).nullable(),
    classes: z.array(z.string()).meta({ description: 'In output order; empty for regression and language models.' }),
    aliases: z.array(z.string()),
    createdAt: moment,
  })
  .meta({ id: 'ModelVersion' });

export const deletionSchema = z
  .object({
    model: z.string(),
    version: z.string(),
    forced: z.boolean(),
    aliases: z.array(z.string()).meta({ description: 'Aliases that pointed at it.' }),
    explanations: z.int().meta({ description: 'Explanations made by it, which can no longer be replayed.' }),
  })
  .meta({ id: 'ModelDeletion' });

const columnSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['numeric', 'categorical']),
    categories: z.array(z.string()).optional().meta({ description: 'In code order.' }),
    integer: z.boolean().optional().meta({ description: 'True where the graph reads whole numbers only.' }),
    unit: z.string().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    mean: z.number().optional(),
    sd: z.number().optional(),
    quartiles: z.array(z.number()).optional(),
  })
  .meta({ id: 'Column' });

const attentionKind = z.enum(['self', 'causal-self', 'cross']);

const attentionSchema = z.object({
  layers: z.int(),
  heads: z.int().nullable().meta({ description: 'Of each layer; null where neither the graph nor config.json says it, or layers differ.' }),
  kind: z.enum(['self', 'causal-self', 'cross', 'mixed']).meta({ description: 'mixed: not the same in every layer.' }),
  kinds: z
    .array(z.object({ kind: attentionKind, layers: z.int(), heads: z.int().nullable() }))
    .optional()
    .meta({ description: 'Each kind by itself, of an encoder-decoder: self (encoder), causal-self (decoder) and cross.' }),
});

const noAttentionSchema = z.object({
  reason: z.string(),
  operator: z.string().nullable().meta({ description: 'Of the node to blame, if one is.' }),
  node: z.string().nullable(),
  remedy: z.string(),
});

const imageSchema = z.object({
  height: z.int(),
  width: z.int(),
  channels: z.union([z.literal(1), z.literal(3)]),
  layout: z.enum(['NCHW', 'NHWC']).meta({ description: 'Of the graph.' }),
  scale: z.number().meta({ description: 'A pixel value p of 0 to 255 is read as (p * scale - mean) / std.' }),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  resample: z.enum(['box', 'nearest', 'bilinear']),
});

export const capabilitiesSchema = z
  .looseObject({
    model: z.string(),
    version: z.string(),
    sha256: z.string(),
    task: z.enum(tasks),
    classes: z.array(z.string()),
    multiLabel: z.boolean(),
    output: z.object({ name: z.string(), kind: z.string() }),
    features: z.array(columnSchema).meta({ description: 'Columns in model order; empty for models that read no columns.' }),
    maxTokens: z
      .int()
      .nullable()
      .meta({ description: 'Longest text in tokens; null for a table or a picture, and where nothing says it.' }),
    maskToken: z.string().nullable(),
    backgroundRows: z.int(),
    batchInvariant: z.boolean().meta({
      description:
        'Whether the answer to a row has the same bits alone and in a batch; false for language models and encoders, which read one text a run.',
    }),
    methods: z.array(z.string()).meta({ description: 'Methods that explain this version.' }),
    unavailable: z.array(z.object({ method: z.string(), code: z.string(), reason: z.string(), remedy: z.string().nullable() })).meta({
      description: 'Methods of this kind of model that need something this version lacks: jobs of them are refused with this code.',
    }),
    opset: z.int().nullable().meta({ description: 'Version of ai.onnx; null where the graph uses none of it.' }),
    attention: z.union([attentionSchema, noAttentionSchema]).nullable().meta({
      description:
        'What attention the graph has, or why none can be read; null where it was not looked for: a table, or a version of an earlier build.',
    }),
    differentiable: z
      .union([
        z.object({
          exact: z.boolean().meta({
            description: 'False: products of the file round what they read, and the gradient is that of the same weights without.',
          }),
          rounded: z.int().meta({ description: 'How many of them.' }),
          flat: z.int().nullable().default(null).meta({
            description:
              'How many nodes have a slope of zero everywhere: what depends on the input only through them has no part in a gradient; null for a version of an earlier build.',
          }),
        }),
        z.object({
          reason: z.string(),
          remedy: z.string().nullable(),
          straightThrough: z.int().nullable().default(null).meta({
            description:
              'How many nodes round, where approximate gradients are given on request ("straightThrough": true in params); null where none are.',
          }),
          straightThroughReason: z.string().nullable().default(null).meta({ description: 'Why none are, where they are not.' }),
        }),
      ])
      .nullable()
      .meta({ description: 'Whether gradients can be taken, or the operator that stops it; null for a version of an earlier build.' }),
    generation: z
      .object({
        contextLength: z.int().nullable().meta({ description: 'Tokens that a text may have; null where nothing says it.' }),
        kvCache: z.boolean().meta({ description: 'Whether keys and values are kept, so that each token is computed once.' }),
      })
      .nullable()
      .meta({ description: 'How a language model goes on with a text, or an encoder-decoder writes one; null for every other model.' }),
    image: imageSchema.nullable().meta({ description: 'How pictures are read; null for a model that reads none.' }),
    featureMaps: z
      .object({
        tensors: z.array(z.object({ tensor: z.string(), operator: z.string(), shape: z.array(z.int().nullable()) })),
        standard: z.string().nullable().meta({ description: 'The one that is read where none is named.' }),
        reason: z.string(),
      })
      .nullable()
      .meta({ description: 'Feature maps and hidden states that Grad-CAM can read; null for a version of an earlier build.' }),
  })
  .meta({ id: 'Capabilities', description: 'What a version can do, read from its files once, and what its graph showed.' });

export type ModelAnswer = z.output<typeof modelSchema>;
export type VersionAnswer = z.output<typeof versionSchema>;
export type DeletionAnswer = z.output<typeof deletionSchema>;
export type CapabilitiesAnswer = Readonly<Record<string, unknown>>;

export function toModelAnswer(model: ModelSummary): ModelAnswer {
  return {
    name: model.name,
    createdAt: model.createdAt.toISOString(),
    aliases: { ...model.aliases },
    versions: [...model.versions],
    href: `/v1/models/${encodeURIComponent(model.name)}`,
  };
}

export function toVersionAnswer(version: ModelVersion): VersionAnswer {
  return {
    model: version.model,
    version: version.version,
    state: version.state,
    reasons: version.reasons.map(({ code, detail, remedy }) => ({ code, detail, remedy: remedy ?? remedyOf(code) })),
    sha256: version.sha256,
    files: version.files.map((file) => ({ ...file })),
    task: version.description?.task ?? null,
    classes: [...(version.description?.classes ?? [])],
    aliases: [...version.aliases],
    createdAt: version.createdAt.toISOString(),
  };
}

export function toDeletionAnswer({ version, aliases, explanations }: Deletion, forced: boolean): DeletionAnswer {
  return { model: version.model, version: version.version, forced, aliases: [...aliases], explanations };
}

/** Reasons kept by earlier builds have no remedy of their own. */
function remedyOf(code: string): string | null {
  const entries: Readonly<Record<string, { readonly remedy: string }>> = problemCatalog;
  return Object.hasOwn(entries, code) ? (entries[code]?.remedy ?? null) : null;
}

/** What the graph showed, with what the manifest says and the methods that apply; the manifest's words win. */
export function toCapabilitiesAnswer(version: ModelVersion, description: ModelDescription, methods: VersionMethods): CapabilitiesAnswer {
  const { task, classes, multiLabel, output, features, maxTokens, maskToken, backgroundRows, batchInvariant } = description;
  return {
    ...version.capabilities,
    model: version.model,
    version: version.version,
    sha256: version.sha256,
    ...{ task, classes, multiLabel, output, features, maxTokens, maskToken, backgroundRows, batchInvariant },
    ...methods,
    opset: readOpset(version.capabilities),
    // Versions that were registered by an earlier build have not been looked at for these.
    attention: version.capabilities?.['attention'] ?? null,
    generation: version.capabilities?.['generation'] ?? null,
    image: description.image ?? null,
    differentiable: version.capabilities?.['differentiable'] ?? null,
    featureMaps: version.capabilities?.['featureMaps'] ?? null,
  };
}

function readOpset(capabilities: ModelVersion['capabilities']): number | null {
  const sets = capabilities?.['opsets'];
  const version = typeof sets === 'object' && sets !== null && 'ai.onnx' in sets ? sets['ai.onnx'] : null;
  return typeof version === 'number' ? version : null;
}
