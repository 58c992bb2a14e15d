import { createHash } from 'node:crypto';
import type { Principal } from '#access';
import { canonicalHeader, type DatasetBlock, type DatasetVersion, type NewDataset } from '#catalog';
import type { FreshSubjectKey } from '#history';
import type { AuditLeaf } from '#jobs';
import { uuidv7 } from 'uuidv7';
import type { Database, Transaction } from '../database/database.js';
import { databaseTime } from '../database/database-time.js';
import { toDatasetVersion, withDataset } from './dataset-records.js';
import { discardLoad } from './dataset-removal.js';
import { insertLeaf } from './insert-rows.js';
import { sealBlock, type SealedBlock } from './seal-block.js';

/** Blocks and bytes of ciphertext that go into one transaction. */
const BLOCKS_AT_A_TIME = 32;
const BYTES_AT_A_TIME = 8 * 2 ** 20;

/** A version while its rows come in: many short transactions, seen by nobody until the last. */
export class DatasetLoad {
  private readonly hash = createHash('sha256');
  private waiting: SealedBlock[] = [];
  private waitingBytes = 0;
  private rows = 0;
  private bytes = 0;

  private constructor(
    private readonly database: Database,
    private readonly principal: Principal,
    private readonly dataset: NewDataset,
    private readonly key: FreshSubjectKey,
    private readonly id: string,
  ) {
    this.hash.update(canonicalHeader(dataset));
  }

  /** @returns null when the version exists already */
  static begin(database: Database, principal: Principal, dataset: NewDataset, key: FreshSubjectKey): Promise<DatasetLoad | null> {
    const owner = { tenantId: principal.tenant, actor: principal.actor };
    return database.within(principal.tenant, async (transaction) => {
      await lockName(transaction, principal, dataset.name);
      const parent =
        (await transaction.dataset.findUnique({ where: { tenantId_name: { tenantId: principal.tenant, name: dataset.name } } })) ??
        (await transaction.dataset.create({ data: { id: uuidv7(), ...owner, name: dataset.name } }));
      if (await isTaken(transaction, parent.id, dataset)) return null;
      await transaction.subjectKey.create({ data: { id: key.id, ...owner, wrappedKey: key.wrappedKey }, select: { id: true } });
      const id = uuidv7();
      await transaction.datasetVersion.create({
        data: {
          id,
          ...owner,
          datasetId: parent.id,
          version: id, // its name is given when it is ready, so that a load that fails uses none up
          kind: dataset.kind,
          columns: dataset.columns.map((column) => ({
            name: column.name,
            kind: column.kind,
            ...(column.categories === undefined ? {} : { categories: [...column.categories] }),
          })),
          labelColumn: dataset.labelColumn,
          modelName: dataset.modelName,
          fileSha256: dataset.fileSha256,
          subjectKeyId: key.id,
        },
        select: { id: true },
      });
      return new DatasetLoad(database, principal, dataset, key, id);
    });
  }

  async take(block: DatasetBlock): Promise<void> {
    this.hash.update(block.bytes);
    const sealed = await sealBlock(this.key, this.id, this.rows, block);
    this.waiting.push(sealed);
    this.waitingBytes += sealed.ciphertext.length;
    this.rows += block.rows;
    this.bytes += block.bytes.length;
    if (this.waiting.length >= BLOCKS_AT_A_TIME || this.waitingBytes >= BYTES_AT_A_TIME) await this.store();
  }

  /** Makes the version visible. @returns null when its name was taken meanwhile */
  async finish(record: (version: DatasetVersion) => AuditLeaf): Promise<DatasetVersion | null> {
    await this.store();
    return this.database.within(this.principal.tenant, async (transaction) => {
      await lockName(transaction, this.principal, this.dataset.name);
      const { datasetId } = await transaction.datasetVersion.findUniqueOrThrow({ where: { id: this.id }, select: { datasetId: true } });
      if (await isTaken(transaction, datasetId, this.dataset)) return null;
      const now = await databaseTime(transaction);
      const row = await transaction.datasetVersion.update({
        where: { id: this.id },
        data: {
          version: this.dataset.version ?? (await nextVersion(transaction, datasetId)),
          sha256: this.hash.digest('hex'),
          rows: this.rows,
          bytes: BigInt(this.bytes),
          createdAt: now,
          readyAt: now,
        },
        include: withDataset,
      });
      const version = toDatasetVersion(row);
      await insertLeaf(transaction, this.principal, record(version));
      return version;
    });
  }

  /** Removes what was stored. */
  discard(): Promise<void> {
    return discardLoad(this.database, this.principal.tenant, { id: this.id, subjectKeyId: this.key.id });
  }

  private async store(): Promise<void> {
    const blocks = this.waiting;
    if (blocks.length === 0) return;
    this.waiting = [];
    this.waitingBytes = 0;
    await this.database.within(this.principal.tenant, async (transaction) => {
      await transaction.datasetBlock.createMany({
        data: blocks.map((block) => ({ ...block, versionId: this.id, tenantId: this.principal.tenant, actor: this.principal.actor })),
      });
      await transaction.$executeRaw`UPDATE dataset_version SET touched_at = clock_timestamp() WHERE id = ${this.id}::uuid`;
    });
  }
}

/** Versions of one name are begun and finished one at a time. */
async function lockName(transaction: Transaction, { tenant }: Principal, name: string): Promise<void> {
  await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`vitrine dataset ${tenant} ${name}`}))::text`;
}

async function isTaken(transaction: Transaction, datasetId: string, { version, fileSha256, oncePerFile }: NewDataset): Promise<boolean> {
  if (version !== null && (await hasVersion(transaction, datasetId, version))) return true;
  return (
    oncePerFile === true &&
    (await transaction.datasetVersion.findFirst({ where: { datasetId, fileSha256, readyAt: { not: null } }, select: { id: true } })) !==
      null
  );
}

async function hasVersion(transaction: Transaction, datasetId: string, version: string): Promise<boolean> {
  return (await transaction.datasetVersion.findUnique({ where: { datasetId_version: { datasetId, version } } })) !== null;
}

async function nextVersion(transaction: Transaction, datasetId: string): Promise<string> {
  let next = (await transaction.datasetVersion.count({ where: { datasetId, readyAt: { not: null } } })) + 1;
  while (await hasVersion(transaction, datasetId, String(next))) next += 1;
  return String(next);
}
