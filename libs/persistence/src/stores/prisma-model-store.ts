import type { Principal } from '#access';
import {
  ModelStore,
  type ModelFile,
  type ModelSummary,
  type ModelVersion,
  type NewVersion,
  type RejectionReason,
  type VersionState,
} from '#catalog';
import type { ModelDescription } from '#explainers';
import { auditWho, recordAudit } from '#jobs';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import { Prisma, type ModelAlias, type ModelVersion as VersionRecord } from '../generated/client.js';
import type { Database, Transaction } from '../database/database.js';
import { insertLeaf } from './insert-rows.js';

const withAliases = { aliases: true, model: { select: { name: true } } } as const;

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
        where: { model: { name: model } },
        include: withAliases,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      return rows.map(toVersion);
    });
  }

  override findVersion(tenant: string, model: string, version: string): Promise<ModelVersion | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.modelVersion.findFirst({ where: { version, model: { name: model } }, include: withAliases });
      return row === null ? null : toVersion(row);
    });
  }

  override findAlias(tenant: string, model: string, alias: string): Promise<ModelVersion | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.modelAlias.findFirst({
        where: { alias, model: { name: model } },
        include: { version: { include: withAliases } },
      });
      return row === null ? null : toVersion(row.version);
    });
  }

  override addVersion(principal: Principal, version: NewVersion): Promise<ModelVersion> {
    const owner = { tenantId: principal.tenant, actor: principal.actor };
    return this.database.within(principal.tenant, async (transaction) => {
      // Gateways that start together register the same folders: one at a time.
      await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`vitrine model ${principal.tenant} ${version.model}`}))::text`;
      const model =
        (await transaction.model.findUnique({ where: { tenantId_name: { tenantId: principal.tenant, name: version.model } } })) ??
        (await transaction.model.create({ data: { id: uuidv7(), ...owner, name: version.model } }));
      const existing = await transaction.modelVersion.findUnique({
        where: { modelId_version: { modelId: model.id, version: version.version } },
        include: withAliases,
      });
      if (existing !== null) return toVersion(existing);
      const active = version.outcome.state === 'ACTIVE' ? version.outcome : null;
      const created = await transaction.modelVersion.create({
        data: {
          id: uuidv7(),
          ...owner,
          modelId: model.id,
          version: version.version,
          state: version.outcome.state,
          reasons: version.outcome.state === 'REJECTED' ? version.outcome.reasons.map((reason) => ({ ...reason })) : [],
          sha256: version.sha256,
          files: version.files.map((file) => ({ ...file })),
          description: active === null ? Prisma.DbNull : (active.description as unknown as Prisma.InputJsonObject),
          capabilities: active === null ? Prisma.DbNull : (active.capabilities as Prisma.InputJsonObject),
          location: version.location,
        },
        include: withAliases,
      });
      await insertLeaf(
        transaction,
        principal,
        recordAudit(this.clock, 'model.add', auditWho(principal, null), created.id, {
          model: version.model,
          version: version.version,
          state: version.outcome.state,
          modelSha256: version.sha256,
          files: version.files,
        }),
      );
      const production = await transaction.modelAlias.findUnique({ where: { modelId_alias: { modelId: model.id, alias: 'production' } } });
      if (active === null || production !== null) return toVersion(created);
      await transaction.modelAlias.create({
        data: { id: uuidv7(), ...owner, modelId: model.id, alias: 'production', versionId: created.id },
      });
      const leaf = recordAudit(this.clock, 'model.alias', auditWho(principal, null), created.id, {
        model: version.model,
        alias: 'production',
        version: version.version,
      });
      await insertLeaf(transaction, principal, leaf);
      return { ...toVersion(created), aliases: ['production'] };
    });
  }
}

async function readSummaries(transaction: Transaction, where: { name?: string }): Promise<ModelSummary[]> {
  const rows = await transaction.model.findMany({
    where,
    orderBy: { name: 'asc' },
    include: {
      versions: { select: { version: true }, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] },
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

// The JSON columns were written by this class from values of these types.
function toVersion(row: VersionRecord & { aliases: ModelAlias[]; model: { name: string } }): ModelVersion {
  return {
    id: row.id,
    model: row.model.name,
    version: row.version,
    state: row.state as VersionState,
    reasons: row.reasons as unknown as RejectionReason[],
    sha256: row.sha256,
    files: row.files as unknown as ModelFile[],
    description: row.description as unknown as ModelDescription | null,
    capabilities: row.capabilities as Record<string, unknown> | null,
    location: row.location,
    aliases: row.aliases.map((alias) => alias.alias).sort(),
    createdAt: row.createdAt,
  };
}
