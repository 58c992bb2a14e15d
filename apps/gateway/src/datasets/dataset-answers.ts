import type { DatasetSummary, DatasetVersion } from '#catalog';
import { z } from 'zod';

const moment = z.iso.datetime();

const columnSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['numeric', 'categorical', 'text']),
    categories: z.array(z.string()).optional().meta({ description: 'In code order.' }),
  })
  .meta({ id: 'DatasetColumn' });

export const datasetVersionSchema = z
  .object({
    name: z.string(),
    version: z.string(),
    kind: z.enum(['tabular', 'text']),
    sha256: z
      .string()
      .meta({ description: 'Over columns and rows in canonical form: the same rows have the same hash in every file format.' }),
    rows: z.int(),
    columns: z.array(columnSchema).meta({ description: 'Without the column of the labels.' }),
    label: z.string().nullable().meta({ description: 'The column that held the labels.' }),
    model: z.string().nullable().meta({ description: 'The model whose manifest gave the columns their types.' }),
    createdAt: moment,
    href: z.string(),
  })
  .meta({ id: 'DatasetVersion', description: 'A version of a data set. It never changes.' });

export const datasetSchema = z
  .object({
    name: z.string(),
    createdAt: moment,
    versions: z.array(datasetVersionSchema).meta({ description: 'Newest first.' }),
    href: z.string(),
  })
  .meta({ id: 'Dataset' });

export const datasetDeletionSchema = z
  .object({ name: z.string(), versions: z.array(z.string()), forced: z.boolean() })
  .meta({ id: 'DatasetDeletion', description: 'What was deleted: keys and rows are gone for good.' });

export type DatasetVersionAnswer = z.output<typeof datasetVersionSchema>;
export type DatasetAnswer = z.output<typeof datasetSchema>;
export type DatasetDeletionAnswer = z.output<typeof datasetDeletionSchema>;

const addressOf = (name: string) => `/v1/datasets/${encodeURIComponent(name)}`;

export function toDatasetVersionAnswer(version: DatasetVersion): DatasetVersionAnswer {
  return {
    name: version.name,
    version: version.version,
    kind: version.kind,
    sha256: version.sha256,
    rows: version.rows,
    columns: version.columns.map(({ name, kind, categories }) => ({
      name,
      kind,
      ...(categories === undefined ? {} : { categories: [...categories] }),
    })),
    label: version.labelColumn,
    model: version.modelName,
    createdAt: version.createdAt.toISOString(),
    href: addressOf(version.name),
  };
}

export function toDatasetAnswer({ name, createdAt, versions }: DatasetSummary): DatasetAnswer {
  return { name, createdAt: createdAt.toISOString(), versions: versions.map(toDatasetVersionAnswer), href: addressOf(name) };
}
