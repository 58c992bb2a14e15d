import type { AuditWho } from '#audit';
import type { Principal } from '#access';
import type { ModelFile, ModelLocation, ModelVersion, RejectionReason, VersionOutcome, VersionState } from '#catalog';
import type { ModelDescription } from '#explainers';
import { recordAudit } from '#jobs';
import type { Clock } from '#platform';
import { uuidv7 } from 'uuidv7';
import { Prisma, type Model, type ModelAlias, type ModelVersion as VersionRecord } from '../generated/client.js';
import type { Transaction } from '../database/database.js';
import { insertLeaf } from './insert-rows.js';

export const withAliases = { aliases: true, model: { select: { name: true } } } as const;

/** A `ModelVersion` from `model_version v` and `model m`, in one statement. */
export const versionColumns = Prisma.sql`
  v.id::text, m.name AS model, v.version, v.state, v.reasons, v.sha256, v.files, v.description, v.capabilities, v.location,
  ARRAY(SELECT a.alias FROM model_alias a WHERE a.version_id = v.id ORDER BY a.alias COLLATE "C") AS aliases, v.created_at AS "createdAt"`;

type VersionRow = VersionRecord & { aliases: ModelAlias[]; model: { name: string } };

export function ownerOf({ tenant, actor }: Pick<Principal, 'tenant' | 'actor'>) {
  return { tenantId: tenant, actor };
}

/** Changes of one model and its versions happen one after the other. */
export async function lockModel(transaction: Transaction, tenant: string, model: string): Promise<void> {
  await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtext(${`vitrine model ${tenant} ${model}`}))::text`;
}

export function findModelRow(transaction: Transaction, principal: Principal, name: string): Promise<Model | null> {
  return transaction.model.findUnique({ where: { tenantId_name: { tenantId: principal.tenant, name } } });
}

export function createModel(transaction: Transaction, principal: Principal, name: string): Promise<Model> {
  return transaction.model.create({ data: { id: uuidv7(), ...ownerOf(principal), name } });
}

/** One more than the largest whole number among the versions, deleted ones included. Under the model's lock. */
export async function nextVersion(transaction: Transaction, modelId: string): Promise<string> {
  const [row] = await transaction.$queryRaw<{ next: string }[]>`
    SELECT (coalesce(max(version::bigint), 0) + 1)::text AS next FROM model_version
    WHERE model_id = ${modelId}::uuid AND version ~ '^[1-9][0-9]{0,14}$'`;
  return row?.next ?? '1';
}

export function copyFiles(files: readonly ModelFile[]): Prisma.InputJsonObject[] {
  return files.map(({ name, sha256, size }) => ({ name, sha256, size }));
}

/** What an outcome writes into a version's row. */
export function outcomeColumns(outcome: VersionOutcome, version: string) {
  if (outcome.state === 'REJECTED') return { state: outcome.state, reasons: outcome.reasons.map((reason) => ({ ...reason })) };
  return {
    state: outcome.state,
    reasons: [],
    description: { ...outcome.description, version } as unknown as Prisma.InputJsonObject,
    capabilities: outcome.capabilities as Prisma.InputJsonObject,
  };
}

/** Points `production` at a model's first ACTIVE version. False where it points somewhere already. Under the model's lock. */
export async function pointProduction(transaction: Transaction, clock: Clock, who: AuditWho, version: VersionRow): Promise<boolean> {
  const { modelId } = version;
  const production = await transaction.modelAlias.findUnique({ where: { modelId_alias: { modelId, alias: 'production' } } });
  if (production !== null) return false;
  await transaction.modelAlias.create({
    data: { id: uuidv7(), ...ownerOf(who), modelId, alias: 'production', versionId: version.id },
  });
  const facts = { model: version.model.name, alias: 'production', version: version.version };
  await insertLeaf(transaction, who, recordAudit(clock, 'model.alias', who, version.id, facts));
  return true;
}

// The JSON columns were written by these stores from values of these types.
export function toVersion(row: VersionRow): ModelVersion {
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
    location: row.location as ModelLocation,
    aliases: row.aliases.map((alias) => alias.alias).sort(),
    createdAt: row.createdAt,
  };
}
