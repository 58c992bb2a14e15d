import { searchabilities, type ExplanationRow, type OpenedExplanation } from '#history';
import { z } from 'zod';
import { featureSchema, predictionSchema, targetResultSchema, unexplainedSchema, warningSchema } from './explanation-parts.js';

const moment = z.iso.datetime();
const modelSchema = z.object({ name: z.string(), version: z.string(), sha256: z.string() });
const labels = z.record(z.string(), z.string());
const timing = z.record(z.string(), z.number()).meta({ description: 'Milliseconds: queuedMs, wallMs, modelMs, cpuMs.' });

const tensorSchema = z
  .object({
    name: z.string(),
    shape: z.array(z.int()),
    dtype: z.string(),
    maxAbsError: z.number().meta({ description: 'Largest difference between a stored number and the one computed.' }),
    href: z.string(),
  })
  .meta({ id: 'TensorLink', description: 'Numbers kept beside the document.' });

/** The stored document, as `buildResultDocument` (#history) writes it. */
const documentSchema = z.object({
  method: z.string(),
  model: modelSchema,
  input: z.record(z.string(), z.unknown()),
  params: z.record(z.string(), z.unknown()).meta({ description: 'As they were run: every default is in it.' }),
  seed: z.int(),
  baseline: z.record(z.string(), z.unknown()).meta({ description: 'What absence meant.' }),
  prediction: z.array(predictionSchema),
  features: z.array(featureSchema),
  targets: z.array(targetResultSchema),
  attributions: z.array(z.array(z.number())).meta({ description: '[target][feature], in the unit of the space of the target.' }),
  standardErrors: z.array(z.array(z.number())).nullable().meta({ description: '[target][feature]; null for methods that do not sample.' }),
  evaluations: z.int().meta({ description: 'Coalitions or perturbations whose worth was asked for.' }),
  budget: z.int(),
  estimated: z.boolean().meta({ description: 'Whether the attributions are estimates from a sample.' }),
  truncated: z.boolean().meta({ description: 'Whether the method stopped before what was asked.' }),
  unexplained: unexplainedSchema,
  quality: z.looseObject({
    fidelity: z
      .array(z.number())
      .nullable()
      .meta({ description: 'Weighted R² of the surrogate, one per target; null where there is none.' }),
  }),
  warnings: z.array(warningSchema),
  result: z.unknown().optional().meta({ description: 'What only this method has.' }),
});

type StoredDocument = z.output<typeof documentSchema>;

export const explanationSchema = z
  .object({
    id: z.uuid(),
    jobId: z.uuid(),
    createdAt: moment,
    actor: z.string(),
    labels,
    ...documentSchema.shape,
    modelRows: z.int().meta({ description: 'Rows that went through the model.' }),
    tensors: z.array(tensorSchema),
    resultHash: z.string().meta({ description: 'SHA-256, hex, of the bytes at /canonical.' }),
    timing,
  })
  .meta({ id: 'Explanation', description: 'An explanation: an immutable record.' });

export type ExplanationAnswer = z.output<typeof explanationSchema>;

export const explanationSummarySchema = z
  .object({
    id: z.uuid(),
    jobId: z.uuid(),
    method: z.string(),
    createdAt: moment,
    actor: z.string(),
    labels,
    model: modelSchema,
    predictedClass: z.string().nullable(),
    confidence: z.number().nullable().meta({ description: 'Probability of the predicted class.' }),
    evaluations: z.int(),
    modelRows: z.int(),
    budget: z.int(),
    estimated: z.boolean(),
    truncated: z.boolean(),
    warningCodes: z.array(z.string()),
    timing,
    searchable: z.enum(searchabilities).meta({
      description: 'Whether `q` finds it: by all words of the input, by the first ones, not yet, or not (any more).',
    }),
    erased: z
      .object({ at: moment, reason: z.enum(['request', 'retention']) })
      .nullable()
      .meta({ description: 'When and why its payload was destroyed; null while it is there.' }),
    href: z.string(),
  })
  .meta({ id: 'ExplanationSummary', description: 'What is known of an explanation without opening it.' });

export type ExplanationSummary = z.output<typeof explanationSummarySchema>;

/** The stored document with what the row adds to it. */
export function toExplanationAnswer({ row, bytes, resultHash }: OpenedExplanation): ExplanationAnswer {
  return {
    id: row.id,
    jobId: row.jobId,
    createdAt: row.createdAt.toISOString(),
    actor: row.actor,
    labels: { ...row.labels },
    ...readDocument(bytes),
    modelRows: row.modelRows,
    tensors: row.tensors.map(({ name, shape, dtype, maxAbsError }) => ({
      name,
      shape: [...shape],
      dtype,
      maxAbsError,
      href: `/v1/explanations/${row.id}/tensors/${encodeURIComponent(name)}?format=npy`,
    })),
    resultHash,
    timing: { ...row.timing },
  };
}

export function toExplanationSummary(row: ExplanationRow): ExplanationSummary {
  return {
    id: row.id,
    jobId: row.jobId,
    method: row.method,
    createdAt: row.createdAt.toISOString(),
    actor: row.actor,
    labels: { ...row.labels },
    model: { name: row.modelName, version: row.modelVersion, sha256: row.modelSha256 },
    predictedClass: row.predictedClass,
    confidence: row.confidence,
    evaluations: row.evaluations,
    modelRows: row.modelRows,
    budget: row.budget,
    estimated: row.estimated,
    truncated: row.truncated,
    warningCodes: [...row.warningCodes],
    timing: { ...row.timing },
    searchable: row.searchable,
    erased: row.erasure === null ? null : { at: row.erasure.at.toISOString(), reason: row.erasure.reason },
    href: `/v1/explanations/${row.id}`,
  };
}

/** The members of the document that the answer shows, in the order of the reference; what lies inside them is kept as it is. */
function readDocument(bytes: Uint8Array): StoredDocument {
  // Written by this platform and authenticated by its seal.
  const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as StoredDocument;
  const names = Object.keys(documentSchema.shape) as (keyof StoredDocument)[];
  return Object.fromEntries(names.filter((name) => name in document).map((name) => [name, document[name]])) as unknown as StoredDocument;
}
