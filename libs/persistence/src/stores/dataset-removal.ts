import type { Principal } from '#access';
import type { DeleteOutcome } from '#catalog';
import type { AuditLeaf } from '#jobs';
import { Prisma } from '../generated/client.js';
import { EVERY_TENANT, type Database, type Transaction } from '../database/database.js';
import { databaseTime } from '../database/database-time.js';
import { insertLeaf } from './insert-rows.js';

/** Blocks removed by one transaction. */
const BLOCKS_AT_A_TIME = 500;
/** A version whose rows stopped coming in this long ago has nobody who loads it. */
const IDLE_MINUTES = 10;

export interface RemovedVersion {
  readonly id: string;
  readonly version: string;
  readonly sha256: string | null;
}

/**
 * Destroys the keys of every version of a name. The rows are unreadable from then on; `removeBlocks` takes them away.
 *
 * @param record called with the data set's id and its versions, newest first
 */
export async function destroyVersions(
  transaction: Transaction,
  principal: Principal,
  name: string,
  force: boolean,
  record: (datasetId: string, versions: readonly RemovedVersion[], neededBy: number) => AuditLeaf,
): Promise<DeleteOutcome> {
  // Held until the end: a job that is being submitted has its use recorded first, or finds the version gone.
  const versions = await transaction.$queryRaw<(RemovedVersion & { dataset_id: string; subject_key_id: string })[]>`
    SELECT v.id, v.version, v.sha256, v.dataset_id, v.subject_key_id FROM dataset_version v JOIN dataset d ON d.id = v.dataset_id
    WHERE d.name = ${name} AND v.ready_at IS NOT NULL AND v.deleted_at IS NULL ORDER BY v.created_at DESC, v.id DESC FOR UPDATE OF v`;
  const [first] = versions;
  if (first === undefined) return { kind: 'absent' };
  const ids = versions.map((version) => version.id);
  const jobs = await countUses(transaction, ids);
  if (jobs > 0 && !force) return { kind: 'needed', jobs };
  const now = await databaseTime(transaction);
  await transaction.datasetVersion.updateMany({ where: { id: { in: ids } }, data: { deletedAt: now } });
  await transaction.subjectKey.updateMany({
    where: { id: { in: versions.map((version) => version.subject_key_id) } },
    data: { wrappedKey: null, erasedAt: now },
  });
  await insertLeaf(
    transaction,
    principal,
    record(
      first.dataset_id,
      versions.map(({ id, version, sha256 }) => ({ id, version, sha256 })),
      jobs,
    ),
  );
  return { kind: 'deleted', versions: versions.map((version) => version.version) };
}

/** Jobs that will read the rows, and those whose explanation could be run again. */
async function countUses(transaction: Transaction, versionIds: readonly string[]): Promise<number> {
  const [found] = await transaction.$queryRaw<{ jobs: bigint }[]>`
    SELECT count(DISTINCT j.id) AS jobs FROM dataset_use u JOIN job j ON j.id = u.job_id JOIN subject_key k ON k.id = j.subject_key_id
    WHERE u.version_id IN (${Prisma.join(versionIds.map((id) => Prisma.sql`${id}::uuid`))})
      AND j.state NOT IN ('FAILED', 'CANCELLED', 'EXPIRED') AND k.wrapped_key IS NOT NULL`;
  return Number(found?.jobs ?? 0);
}

/** Takes away the blocks of a version, some at a time. */
export async function removeBlocks(database: Database, tenant: string, versionId: string): Promise<void> {
  for (;;) {
    const removed = await database.within(
      tenant,
      (transaction) => transaction.$executeRaw`
        DELETE FROM dataset_block WHERE version_id = ${versionId}::uuid AND first_row IN (
          SELECT first_row FROM dataset_block WHERE version_id = ${versionId}::uuid LIMIT ${BLOCKS_AT_A_TIME}::integer)`,
    );
    if (removed < BLOCKS_AT_A_TIME) return;
  }
}

/** Removes a version that was never ready; its key goes first, for good. */
export async function discardLoad(
  database: Database,
  tenant: string,
  { id, subjectKeyId }: { readonly id: string; readonly subjectKeyId: string },
): Promise<void> {
  await database.within(
    tenant,
    (transaction) =>
      transaction.$executeRaw`UPDATE subject_key SET wrapped_key = NULL, erased_at = clock_timestamp() WHERE id = ${subjectKeyId}::uuid`,
  );
  await removeBlocks(database, tenant, id);
  await database.within(tenant, (transaction) => transaction.datasetVersion.deleteMany({ where: { id, readyAt: null } }));
}

/** Removes what nobody loads any more, and the blocks of deleted versions. */
export async function sweepDatasets(database: Database): Promise<void> {
  const { abandoned, deleted } = await database.within(EVERY_TENANT, async (transaction) => ({
    abandoned: await transaction.$queryRaw<{ id: string; subjectKeyId: string }[]>`
      SELECT id, subject_key_id AS "subjectKeyId" FROM dataset_version
      WHERE ready_at IS NULL AND touched_at < clock_timestamp() - make_interval(mins => ${IDLE_MINUTES}::integer)`,
    deleted: await transaction.$queryRaw<{ id: string }[]>`
      SELECT id FROM dataset_version v WHERE deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM dataset_block WHERE version_id = v.id)`,
  }));
  for (const load of abandoned) await discardLoad(database, EVERY_TENANT, load);
  for (const { id } of deleted) await removeBlocks(database, EVERY_TENANT, id);
}
