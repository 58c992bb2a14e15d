import type { OpenRun, RetentionPolicy, StorageReport } from '#jobs';
import { z } from 'zod';

const plain = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((text) => !/\p{Surrogate}/u.test(text) && !text.includes('\0'), 'holds NUL or half of a surrogate pair');
const keepDays = z
  .int()
  .min(1)
  .max(36_500)
  .nullable()
  .meta({ description: 'Days after which the payload is destroyed; null keeps it for ever.' });

const ruleSchema = z
  .strictObject({
    match: z
      .strictObject({
        method: plain(64).optional(),
        model: plain(128).optional(),
        label: z.strictObject({ key: plain(64), value: z.string().max(256) }).optional(),
      })
      .meta({ description: 'All that is given must match; nothing given matches everything.' }),
    keepDays,
  })
  .meta({ id: 'RetentionRule' });

/** Body of PUT /v1/retention. */
export const policySchema = z
  .strictObject({
    rules: z.array(ruleSchema).max(100).meta({ description: 'The first rule that matches an explanation decides.' }),
    default: keepDays.meta({ description: 'Days for explanations that no rule matches; null keeps them for ever.' }),
  })
  .meta({ id: 'RetentionPolicy' });

const moment = z.iso.datetime();

export const retentionSchema = z
  .object({
    ...policySchema.shape,
    floorDays: z.int().meta({ description: 'Least `keepDays` of this installation.' }),
    updatedAt: moment.nullable().meta({ description: 'Null while no policy was ever set: everything is kept.' }),
    updatedBy: z.string().nullable(),
    lastRun: z
      .object({
        startedAt: moment,
        finishedAt: moment.nullable().meta({ description: 'Null while it goes on.' }),
        examined: z.int(),
        erased: z.int(),
        freedBytes: z.int(),
      })
      .nullable()
      .meta({ description: 'The last pass over the history.' }),
  })
  .meta({ id: 'Retention' });

export type RetentionAnswer = z.output<typeof retentionSchema>;

export function toRetentionAnswer(
  policy: RetentionPolicy & { readonly updatedAt?: Date; readonly actor?: string },
  run: OpenRun | null,
  floorDays: number,
): RetentionAnswer {
  return {
    rules: policy.rules.map(({ match, keepDays: days }) => ({ match: { ...match }, keepDays: days })),
    default: policy.defaultDays,
    floorDays,
    updatedAt: policy.updatedAt?.toISOString() ?? null,
    updatedBy: policy.actor ?? null,
    lastRun:
      run === null
        ? null
        : {
            startedAt: run.startedAt.toISOString(),
            finishedAt: run.finishedAt?.toISOString() ?? null,
            examined: run.examined,
            erased: run.erased,
            freedBytes: run.freedBytes,
          },
  };
}

const bytes = z.number().min(0);

export const storageSchema = z
  .object({
    measuredAt: moment.meta({ description: 'An answer may be up to a minute old.' }),
    payloads: z.array(z.object({ kind: z.string(), count: z.int(), bytes })).meta({ description: 'Of the tenant, before encryption.' }),
    explanations: z.object({ count: z.int(), erased: z.int() }),
    modelFiles: z.object({ bytes }),
    database: z
      .object({ bytes, tables: z.array(z.object({ name: z.string(), bytes })) })
      .meta({ description: 'Of the whole installation, all tenants; a table with its indexes.' }),
    disk: z
      .object({ freeBytes: bytes, totalBytes: bytes })
      .nullable()
      .meta({ description: 'Where the home lies; null where the gateway cannot tell.' }),
    retention: z.object({ explanations: z.int(), bytes }).meta({ description: 'What the policy would destroy now.' }),
  })
  .meta({ id: 'Storage' });

export type StorageAnswer = z.output<typeof storageSchema>;

export function toStorageAnswer(report: StorageReport, disk: StorageAnswer['disk'], measuredAt: Date): StorageAnswer {
  return {
    measuredAt: measuredAt.toISOString(),
    payloads: report.payloads.map((one) => ({ ...one })),
    explanations: { ...report.explanations },
    modelFiles: { bytes: report.modelFileBytes },
    database: { bytes: report.database.bytes, tables: report.database.tables.map((one) => ({ ...one })) },
    disk,
    retention: { ...report.due },
  };
}
