import { createHash } from 'node:crypto';
import type { Principal } from '#access';
import { canonicalJson } from '#audit';
import { BaselineStore, type Baseline, type BaselineFeatures, type NewBaseline } from '#catalog';
import { seal, unseal, type KeyRing, type PageCursor } from '#history';
import { auditWho, recordAudit } from '#jobs';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import type { Baseline as BaselineRecord } from '../generated/client.js';
import type { Database, Transaction } from '../database/database.js';
import { insertLeaf } from './insert-rows.js';
import { afterCursor, newestFirst } from './keyset.js';

/** Baselines in PostgreSQL, each sealed under a key of its own. */
export class PrismaBaselineStore extends BaselineStore {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly clock: Clock,
  ) {
    super();
  }

  override async find(tenant: string, name: string, version?: string): Promise<Baseline | null> {
    const row = await this.database.within(tenant, (transaction) =>
      transaction.baseline.findFirst({ where: { name, ...(version === undefined ? {} : { version }) }, orderBy: newestFirst() }),
    );
    return row === null ? null : this.open(row);
  }

  override async list(tenant: string, after: PageCursor | null, limit: number): Promise<readonly Baseline[]> {
    const rows = await this.database.within(tenant, (transaction) =>
      transaction.baseline.findMany({ where: { AND: afterCursor(after) }, orderBy: newestFirst(), take: limit }),
    );
    const opened: Baseline[] = [];
    for (const row of rows) {
      const baseline = await this.open(row);
      if (baseline !== null) opened.push(baseline);
    }
    return opened;
  }

  override async add(principal: Principal, baseline: NewBaseline): Promise<Baseline | null> {
    const key = await this.keys.createSubjectKey(principal.tenant, principal.actor);
    const id = uuidv7();
    const bytes = Buffer.from(canonicalJson(baseline.features), 'utf8');
    const { nonce, ciphertext } = seal(key.dataKey, bytes, baselineContext(id));
    const owner = { tenantId: principal.tenant, actor: principal.actor };
    const row = await this.database.within(principal.tenant, async (transaction) => {
      // Versions of one name are numbered one at a time.
      await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`vitrine baseline ${principal.tenant} ${baseline.name}`}))::text`;
      const version = baseline.version ?? (await nextVersion(transaction, baseline.name));
      if (await hasVersion(transaction, baseline.name, version)) return null;
      await transaction.subjectKey.create({ data: { id: key.id, ...owner, wrappedKey: key.wrappedKey }, select: { id: true } });
      const added = await transaction.baseline.create({
        data: { id, ...owner, name: baseline.name, version, modelName: baseline.modelName, subjectKeyId: key.id, nonce, ciphertext },
      });
      await insertLeaf(
        transaction,
        principal,
        recordAudit(this.clock, 'baseline.add', auditWho(principal, null), id, {
          baseline: baseline.name,
          version,
          model: baseline.modelName,
        }),
      );
      return added;
    });
    return row === null ? null : this.open(row);
  }

  private async open(row: BaselineRecord): Promise<Baseline | null> {
    const key = await this.keys.openSubjectKey(row.tenantId, row.subjectKeyId);
    if (key === null) return null;
    const bytes = unseal(key.dataKey, row, baselineContext(row.id));
    return {
      id: row.id,
      name: row.name,
      version: row.version,
      modelName: row.modelName,
      // Written by this class, and authenticated by its seal.
      features: JSON.parse(Buffer.from(bytes).toString('utf8')) as BaselineFeatures,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      actor: row.actor,
      createdAt: row.createdAt,
    };
  }
}

function baselineContext(id: string): string {
  return `baseline:${id}`;
}

async function hasVersion(transaction: Transaction, name: string, version: string): Promise<boolean> {
  return (await transaction.baseline.findFirst({ where: { name, version }, select: { id: true } })) !== null;
}

async function nextVersion(transaction: Transaction, name: string): Promise<string> {
  let next = (await transaction.baseline.count({ where: { name } })) + 1;
  while (await hasVersion(transaction, name, String(next))) next += 1;
  return String(next);
}
