import { createHash } from 'node:crypto';
import type { Principal } from '#access';
import {
  canonicalHeader,
  readCanonicalRows,
  type AddOutcome,
  type DatasetBlock,
  type DatasetRow,
  type DatasetStore,
  type DatasetSummary,
  type DatasetVersion,
  type DeleteOutcome,
  type NewDataset,
} from '#catalog';
import type { PageCursor } from '#history';
import { uuidv7 } from 'uuidv7';
import { pageOf, type MemoryDatabase } from './memory-database.js';

interface Held {
  readonly tenant: string;
  readonly version: DatasetVersion;
  readonly rows: readonly DatasetRow[];
}

/** Data sets in memory. */
export class MemoryDatasetStore implements DatasetStore {
  private held: Held[] = [];

  constructor(private readonly database: MemoryDatabase) {}

  find(tenant: string, name: string, version?: string): Promise<DatasetVersion | null> {
    return this.database.within(
      () => this.of(tenant, name).find((one) => version === undefined || one.version.version === version)?.version ?? null,
    );
  }

  findById(tenant: string, id: string): Promise<DatasetVersion | null> {
    return this.database.within(() => this.held.find((one) => one.tenant === tenant && one.version.id === id)?.version ?? null);
  }

  findSummary(tenant: string, name: string): Promise<DatasetSummary | null> {
    return this.database.within(() => this.summarize(tenant, name));
  }

  list(tenant: string, after: PageCursor | null, limit: number): Promise<readonly DatasetSummary[]> {
    return this.database.within(() => {
      const names = new Set(this.held.filter((one) => one.tenant === tenant).map((one) => one.version.name));
      const all = [...names].map((name) => this.summarize(tenant, name)).filter((one) => one !== null);
      return pageOf(all, after, limit);
    });
  }

  hasFile(tenant: string, name: string, fileSha256: string): Promise<boolean> {
    return this.database.within(() => this.of(tenant, name).some((one) => one.version.fileSha256 === fileSha256));
  }

  readRows(tenant: string, id: string, from: number, to: number): Promise<readonly DatasetRow[] | null> {
    return this.database.within(
      () => this.held.find((one) => one.tenant === tenant && one.version.id === id)?.rows.slice(from, to) ?? null,
    );
  }

  async add(principal: Principal, dataset: NewDataset, blocks: AsyncIterable<DatasetBlock>): Promise<AddOutcome> {
    const hash = createHash('sha256').update(canonicalHeader(dataset));
    const rows: DatasetRow[] = [];
    let bytes = 0;
    for await (const block of blocks) {
      hash.update(block.bytes);
      bytes += block.bytes.length;
      rows.push(...readCanonicalRows(block.bytes, dataset));
    }
    return this.database.within(() => {
      const known = this.of(principal.tenant, dataset.name);
      const name = dataset.version ?? String(known.length + 1);
      if (known.some((one) => one.version.version === name)) return { kind: 'version-exists' };
      const { kind, columns, labelColumn, modelName, fileSha256 } = dataset;
      const version: DatasetVersion = {
        ...{ kind, columns, labelColumn, modelName, fileSha256, bytes },
        id: uuidv7(),
        name: dataset.name,
        version: name,
        sha256: hash.digest('hex'),
        rows: rows.length,
        actor: principal.actor,
        createdAt: new Date(this.database.now()),
      };
      this.held.unshift({ tenant: principal.tenant, version, rows });
      return { kind: 'added', version };
    });
  }

  delete(principal: Principal, name: string, force: boolean): Promise<DeleteOutcome> {
    return this.database.within(() => {
      const gone = this.of(principal.tenant, name);
      if (gone.length === 0) return { kind: 'absent' };
      const jobs = [...this.database.jobs.values()].filter(({ order }) => order.datasets.some((one) => one.dataset === name)).length;
      if (jobs > 0 && !force) return { kind: 'needed', jobs };
      this.held = this.held.filter((one) => !gone.includes(one));
      return { kind: 'deleted', versions: gone.map((one) => one.version.version) };
    });
  }

  sweep(): Promise<void> {
    return Promise.resolve();
  }

  private of(tenant: string, name: string): readonly Held[] {
    return this.held.filter((one) => one.tenant === tenant && one.version.name === name);
  }

  private summarize(tenant: string, name: string): DatasetSummary | null {
    const versions = this.of(tenant, name).map((one) => one.version);
    const first = versions.at(-1);
    return first === undefined ? null : { id: first.id, name, createdAt: first.createdAt, versions };
  }
}
