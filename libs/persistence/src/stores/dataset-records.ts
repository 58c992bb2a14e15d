import type { DatasetColumn, DatasetSummary, DatasetVersion } from '#catalog';
import type { Dataset, DatasetVersion as VersionRecord } from '../generated/client.js';

/** Loaded to the end and not deleted. */
export const readyVersions = { readyAt: { not: null }, deletedAt: null };

export const withDataset = { dataset: { select: { name: true } } } as const;

type NamedVersion = VersionRecord & { dataset: { name: string } };

// The JSON columns were written by the store from values of these types.
export function toDatasetVersion(row: NamedVersion): DatasetVersion {
  if (row.sha256 === null) throw new RangeError('a data set that is ready has a hash');
  return {
    id: row.id,
    name: row.dataset.name,
    version: row.version,
    kind: row.kind as DatasetVersion['kind'],
    columns: row.columns as unknown as DatasetColumn[],
    labelColumn: row.labelColumn,
    modelName: row.modelName,
    sha256: row.sha256,
    rows: row.rows,
    bytes: Number(row.bytes),
    fileSha256: row.fileSha256,
    actor: row.actor,
    createdAt: row.createdAt,
  };
}

export function toDatasetSummary(row: Dataset & { versions: NamedVersion[] }): DatasetSummary {
  return { id: row.id, name: row.name, createdAt: row.createdAt, versions: row.versions.map(toDatasetVersion) };
}
