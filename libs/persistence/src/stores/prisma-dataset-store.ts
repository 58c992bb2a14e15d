import type { Principal } from '#access';
import {
  DatasetStore,
  MOST_ROWS_READ,
  BLOCK_ROWS,
  type AddOutcome,
  type DatasetBlock,
  type DatasetRow,
  type DatasetSummary,
  type DatasetVersion,
  type DeleteOutcome,
  type NewDataset,
} from '#catalog';
import type { KeyRing, PageCursor } from '#history';
import { auditWho, recordAudit } from '#jobs';
import type { Clock } from '#platform';
import type { Database, Transaction } from '../database/database.js';
import { readyVersions, toDatasetSummary, toDatasetVersion, withDataset } from './dataset-records.js';
import { DatasetLoad } from './dataset-load.js';
import { destroyVersions, removeBlocks, sweepDatasets } from './dataset-removal.js';
import { afterCursor, newestFirst } from './keyset.js';
import { openBlock } from './seal-block.js';

/** Blocks held in memory at once while rows are read. */
const BLOCKS_AT_A_TIME = 4;

/** Data sets in PostgreSQL, their rows sealed under keys of the ring. */
export class PrismaDatasetStore extends DatasetStore {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {
    super();
  }

  override find(tenant: string, name: string, version?: string): Promise<DatasetVersion | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.datasetVersion.findFirst({
        where: { ...readyVersions, dataset: { name }, ...(version === undefined ? {} : { version }) },
        include: withDataset,
        orderBy: newestFirst(),
      });
      return row === null ? null : toDatasetVersion(row);
    });
  }

  override findById(tenant: string, datasetVersionId: string): Promise<DatasetVersion | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.datasetVersion.findFirst({ where: { ...readyVersions, id: datasetVersionId }, include: withDataset });
      return row === null ? null : toDatasetVersion(row);
    });
  }

  override async findSummary(tenant: string, name: string): Promise<DatasetSummary | null> {
    const [found] = await this.readSummaries(tenant, { name }, null, 1);
    return found ?? null;
  }

  override list(tenant: string, after: PageCursor | null, limit: number): Promise<readonly DatasetSummary[]> {
    return this.readSummaries(tenant, {}, after, limit);
  }

  override hasFile(tenant: string, name: string, fileSha256: string): Promise<boolean> {
    return this.database.within(tenant, async (transaction) => {
      const found = await transaction.datasetVersion.findFirst({
        where: { fileSha256, readyAt: { not: null }, dataset: { name } },
        select: { id: true },
      });
      return found !== null;
    });
  }

  override async readRows(tenant: string, datasetVersionId: string, from: number, to: number): Promise<readonly DatasetRow[] | null> {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from || to - from > MOST_ROWS_READ)
      throw new RangeError(`rows ${from} to ${to} cannot be read at once`);
    const found = await this.database.within(tenant, (transaction) =>
      transaction.datasetVersion.findFirst({ where: { ...readyVersions, id: datasetVersionId }, include: withDataset }),
    );
    const key = found === null ? null : await this.keys.openSubjectKey(tenant, found.subjectKeyId);
    if (found === null || key === null) return null;
    const shape = toDatasetVersion(found);
    const rows: DatasetRow[] = [];
    const end = Math.min(to, found.rows);
    while (from + rows.length < end) {
      const next = from + rows.length;
      const blocks = await this.database.within(tenant, (transaction) => findBlocks(transaction, datasetVersionId, next, end));
      if (blocks.length === 0) return null; // deleted while it was read
      for (const block of blocks) rows.push(...openBlock(key, block, shape, [next, end]));
    }
    return rows;
  }

  override async add(principal: Principal, dataset: NewDataset, blocks: AsyncIterable<DatasetBlock>): Promise<AddOutcome> {
    const key = await this.keys.createSubjectKey(principal.tenant, principal.actor);
    const load = await DatasetLoad.begin(this.database, principal, dataset, key);
    if (load === null) return { kind: 'version-exists' };
    try {
      for await (const block of blocks) await load.take(block);
      const version = await load.finish((added) =>
        recordAudit(this.clock, 'dataset.add', auditWho(principal, null), added.id, {
          dataset: added.name,
          version: added.version,
          datasetSha256: added.sha256,
          fileSha256: added.fileSha256,
          rows: added.rows,
          model: added.modelName ?? undefined,
        }),
      );
      if (version !== null) return { kind: 'added', version };
    } catch (error) {
      await load.discard().catch(() => undefined); // the next start sweeps what is left; the first failure is the one to tell
      throw error;
    }
    await load.discard();
    return { kind: 'version-exists' };
  }

  override async delete(principal: Principal, name: string, force: boolean): Promise<DeleteOutcome> {
    const removed: string[] = [];
    const outcome = await this.database.within(principal.tenant, (transaction) =>
      destroyVersions(transaction, principal, name, force, (datasetId, versions, neededBy) => {
        removed.push(...versions.map((version) => version.id));
        return recordAudit(this.clock, 'dataset.delete', auditWho(principal, null), datasetId, {
          dataset: name,
          versions,
          forced: force,
          neededBy,
        });
      }),
    );
    // What a crash leaves of these is unreadable, and goes with the next sweep.
    for (const id of removed) await removeBlocks(this.database, principal.tenant, id);
    return outcome;
  }

  override sweep(): Promise<void> {
    return sweepDatasets(this.database);
  }

  private readSummaries(tenant: string, where: { name?: string }, after: PageCursor | null, limit: number): Promise<DatasetSummary[]> {
    return this.database.within(tenant, async (transaction) => {
      const rows = await transaction.dataset.findMany({
        where: { ...where, versions: { some: readyVersions }, AND: afterCursor(after) },
        orderBy: newestFirst(),
        take: limit,
        include: { versions: { where: readyVersions, orderBy: newestFirst(), include: withDataset } },
      });
      return rows.map(toDatasetSummary);
    });
  }
}

/** The block that holds row `from`, and a few after it as far as they hold rows before `to`. */
async function findBlocks(transaction: Transaction, versionId: string, from: number, to: number) {
  const blocks = await transaction.datasetBlock.findMany({
    where: { versionId, firstRow: { lt: to, gt: from - BLOCK_ROWS } },
    orderBy: { firstRow: 'asc' },
    take: BLOCK_ROWS,
    select: { firstRow: true, rows: true },
  });
  const wanted = blocks.filter((block) => block.firstRow + block.rows > from).slice(0, BLOCKS_AT_A_TIME);
  return transaction.datasetBlock.findMany({
    where: { versionId, firstRow: { in: wanted.map((block) => block.firstRow) } },
    orderBy: { firstRow: 'asc' },
  });
}
