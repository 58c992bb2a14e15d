import type { Principal } from '#access';
import {
  ModelStore,
  type Deletion,
  type ModelLocation,
  type ModelSummary,
  type ModelVersion,
  type NewUpload,
  type NewVersion,
} from '#catalog';
import { auditWho, recordAudit } from '#jobs';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import { Prisma } from '../generated/client.js';
import { EVERY_TENANT, type Database, type Transaction } from '../database/database.js';
import { insertLeaf } from './insert-rows.js';
import {
  copyFiles,
  createModel,
  findModelRow,
  lockModel,
  nextVersion,
  outcomeColumns,
  ownerOf,
  pointProduction,
  toVersion,
  versionColumns,
  withAliases,
} from './model-rows.js';

/** Models and their versions in PostgreSQL. */
export class PrismaModelStore extends ModelStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override listModels(tenant: string): Promise<readonly ModelSummary[]> {
    return this.database.within(tenant, (transaction) => readSummaries(transaction, {}));
  }

  override async findModel(tenant: string, name: string): Promise<ModelSummary | null> {
    const found = await this.database.within(tenant, (transaction) => readSummaries(transaction, { name }));
    return found[0] ?? null;
  }

  override listVersions(tenant: string, model: string): Promise<readonly ModelVersion[]> {
    return this.database.within(tenant, async (transaction) => {
      const rows = await transaction.modelVersion.findMany({
        where: { model: { name: model }, deletedAt: null },
        include: withAliases,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      return rows.map(toVersion);
    });
  }

  override async findVersion(tenant: string, model: string, version: string): Promise<ModelVersion | null> {
    const [found] = await this.database.run<ModelVersion>(
      tenant,
      Prisma.sql`
        /* find-version */ SELECT ${versionColumns} FROM model_version v JOIN model m ON m.id = v.model_id
        WHERE m.name = ${model} AND v.version = ${version} AND v.deleted_at IS NULL`,
    );
    return found ?? null;
  }

  override async findAlias(tenant: string, model: string, alias: string): Promise<ModelVersion | null> {
    const [found] = await this.database.run<ModelVersion>(
      tenant,
      Prisma.sql`
        /* find-alias */ SELECT ${versionColumns} FROM model_alias p JOIN model_version v ON v.id = p.version_id JOIN model m ON m.id = v.model_id
        WHERE m.name = ${model} AND p.alias = ${alias}`,
    );
    return found ?? null;
  }

  override findRegistered(tenant: string, location: ModelLocation, sha256: string | null): Promise<ModelVersion | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.modelVersion.findFirst({ where: { location, sha256 }, include: withAliases });
      return row === null ? null : toVersion(row);
    });
  }

  override addVersion(principal: Principal, version: NewVersion): Promise<ModelVersion> {
    const { outcome } = version;
    return this.database.within(principal.tenant, async (transaction) => {
      // Gateways that start together register the same folders: one at a time.
      await lockModel(transaction, principal.tenant, version.model);
      const model =
        (await findModelRow(transaction, principal, version.model)) ?? (await createModel(transaction, principal, version.model));
      const same = version.version === null ? { location: version.location, sha256: version.sha256 } : { version: version.version };
      const existing = await transaction.modelVersion.findFirst({ where: { modelId: model.id, ...same }, include: withAliases });
      if (existing !== null) return toVersion(existing);
      const name = version.version ?? (await nextVersion(transaction, model.id));
      const created = await transaction.modelVersion.create({
        data: {
          id: uuidv7(),
          ...ownerOf(principal),
          modelId: model.id,
          version: name,
          location: version.location,
          ...outcomeColumns(outcome, name),
          sha256: version.sha256,
          files: copyFiles(version.files),
        },
        include: withAliases,
      });
      const facts = { model: version.model, version: name, state: outcome.state, modelSha256: version.sha256, files: version.files };
      await insertLeaf(transaction, principal, recordAudit(this.clock, 'model.add', auditWho(principal, null), created.id, facts));
      if (outcome.state !== 'ACTIVE' || !(await pointProduction(transaction, this.clock, auditWho(principal, null), created)))
        return toVersion(created);
      return { ...toVersion(created), aliases: ['production'] };
    });
  }

  override addModel(principal: Principal, name: string): Promise<{ readonly model: ModelSummary; readonly added: boolean }> {
    return this.database.within(principal.tenant, async (transaction) => {
      await lockModel(transaction, principal.tenant, name);
      const added = (await findModelRow(transaction, principal, name)) === null;
      if (added) await createModel(transaction, principal, name);
      const [model] = await readSummaries(transaction, { name });
      if (model === undefined) throw new RangeError('a model that was added is there');
      return { model, added };
    });
  }

  override addUpload(principal: Principal, upload: NewUpload): Promise<ModelVersion | 'model-unknown' | 'version-exists'> {
    return this.database.within(principal.tenant, async (transaction) => {
      await lockModel(transaction, principal.tenant, upload.model);
      const model = await findModelRow(transaction, principal, upload.model);
      if (model === null) return 'model-unknown';
      const version = upload.version ?? (await nextVersion(transaction, model.id));
      if ((await transaction.modelVersion.findUnique({ where: { modelId_version: { modelId: model.id, version } } })) !== null)
        return 'version-exists';
      const created = await transaction.modelVersion.create({
        data: {
          id: upload.id,
          ...ownerOf(principal),
          modelId: model.id,
          version,
          state: 'VALIDATING',
          reasons: [],
          location: upload.location,
          sha256: null,
          files: copyFiles(upload.files),
        },
        include: withAliases,
      });
      const facts = { model: upload.model, version, state: 'VALIDATING', files: upload.files };
      await insertLeaf(transaction, principal, recordAudit(this.clock, 'model.add', auditWho(principal, null), created.id, facts));
      return toVersion(created);
    });
  }

  override setAlias(
    principal: Principal,
    model: string,
    alias: string,
    version: string,
  ): Promise<ModelVersion | 'version-unknown' | 'not-active'> {
    return this.database.within(principal.tenant, async (transaction) => {
      await lockModel(transaction, principal.tenant, model);
      const found = await transaction.modelVersion.findFirst({
        where: { version, model: { name: model }, deletedAt: null },
        include: withAliases,
      });
      if (found === null) return 'version-unknown';
      if (found.state !== 'ACTIVE') return 'not-active';
      const where = { modelId_alias: { modelId: found.modelId, alias } };
      const before = await transaction.modelAlias.findUnique({ where, include: { version: { select: { version: true } } } });
      await transaction.modelAlias.upsert({
        where,
        create: { id: uuidv7(), ...ownerOf(principal), modelId: found.modelId, alias, versionId: found.id },
        update: { versionId: found.id, actor: principal.actor, updatedAt: this.clock.now() },
      });
      const facts = { model, alias, version, before: before?.version.version };
      await insertLeaf(transaction, principal, recordAudit(this.clock, 'model.alias', auditWho(principal, null), found.id, facts));
      return toVersion(await transaction.modelVersion.findUniqueOrThrow({ where: { id: found.id }, include: withAliases }));
    });
  }

  override deleteVersion(
    principal: Principal,
    model: string,
    version: string,
    force: boolean,
  ): Promise<Deletion | 'version-unknown' | { readonly inUse: number }> {
    return this.database.within(principal.tenant, async (transaction) => {
      await lockModel(transaction, principal.tenant, model);
      const found = await transaction.modelVersion.findFirst({
        where: { version, model: { name: model }, deletedAt: null },
        include: withAliases,
      });
      if (found === null) return 'version-unknown';
      const explanations = await transaction.explanation.count({ where: { modelVersionId: found.id } });
      if (explanations > 0 && !force) return { inUse: explanations };
      const aliases = found.aliases.map((alias) => alias.alias).sort();
      await transaction.modelAlias.deleteMany({ where: { versionId: found.id } });
      // The epoch moves on: whoever validates it writes nothing any more.
      await transaction.modelVersion.update({
        where: { id: found.id },
        data: { deletedAt: this.clock.now(), leaseEpoch: { increment: 1 }, leaseUntil: null },
      });
      const facts = { model, version, modelSha256: found.sha256, forced: force, explanations, aliases };
      await insertLeaf(transaction, principal, recordAudit(this.clock, 'model.delete', auditWho(principal, null), found.id, facts));
      return { version: toVersion(found), aliases, explanations };
    });
  }

  override async findLocations(locations: readonly string[]): Promise<ReadonlySet<string>> {
    if (locations.length === 0) return new Set();
    return this.database.within(EVERY_TENANT, async (transaction) => {
      const rows = await transaction.modelVersion.findMany({
        where: { location: { in: [...locations] }, deletedAt: null },
        select: { location: true },
      });
      return new Set(rows.map((row) => row.location));
    });
  }
}

async function readSummaries(transaction: Transaction, where: { name?: string }): Promise<ModelSummary[]> {
  const rows = await transaction.model.findMany({
    where,
    orderBy: { name: 'asc' },
    include: {
      versions: { where: { deletedAt: null }, select: { version: true }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] },
      aliases: { include: { version: { select: { version: true } } }, orderBy: { alias: 'asc' } },
    },
  });
  return rows.map((row) => ({
    name: row.name,
    createdAt: row.createdAt,
    aliases: Object.fromEntries(row.aliases.map((alias) => [alias.alias, alias.version.version])),
    versions: row.versions.map((version) => version.version),
  }));
}
