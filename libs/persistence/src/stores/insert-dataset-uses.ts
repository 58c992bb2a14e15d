import type { NewJob } from '#jobs';
import { ProblemError } from '#platform';
import type { Transaction } from '../database/database.js';

/**
 * Notes which data sets a job reads. The versions are held until the transaction ends, so that none is deleted between
 * this look and the job's own row.
 *
 * @throws ProblemError DATASET_GONE
 */
export async function insertDatasetUses(
  transaction: Transaction,
  owner: { readonly tenantId: string; readonly actor: string },
  { id, datasets }: Pick<NewJob, 'id' | 'datasets'>,
): Promise<void> {
  for (const { dataset, version, sha256 } of datasets) {
    const [found] = await transaction.$queryRaw<{ id: string }[]>`
      SELECT v.id FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id
      WHERE d.name = ${dataset} AND v.version = ${version} AND v.sha256 = ${sha256} AND v.deleted_at IS NULL FOR SHARE OF v`;
    if (found === undefined)
      throw new ProblemError('DATASET_GONE', { detail: `version ${version} of the data set ${JSON.stringify(dataset)} was deleted` });
    await transaction.datasetUse.create({ data: { jobId: id, versionId: found.id, ...owner }, select: { jobId: true } });
  }
}
