import {
  ValidationStore,
  type ModelFile,
  type ModelLocation,
  type RejectionReason,
  type ValidationClaim,
  type ValidationOutcome,
} from '#catalog';
import { recordAudit } from '#jobs';
import type { Clock } from '#platform';
import { EVERY_TENANT, type Database, type Transaction } from '../database/database.js';
import { insertLeaf } from './insert-rows.js';
import { copyFiles, lockModel, outcomeColumns, pointProduction, withAliases } from './model-rows.js';

/** The queue of validations is the table itself: few rows, each asked for once a second at most. */
export class PrismaValidationStore extends ValidationStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {
    super();
  }

  override claim(leaseSeconds: number, maxAttempts: number): Promise<ValidationClaim | null> {
    return this.database.within(EVERY_TENANT, async (transaction) => {
      const [claimed] = await transaction.$queryRaw<{ id: string }[]>`
        UPDATE model_version SET
          lease_epoch = lease_epoch + 1,
          attempts = attempts + 1,
          lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
        WHERE id = (
          SELECT id FROM model_version
          WHERE state = 'VALIDATING' AND deleted_at IS NULL AND attempts < ${maxAttempts}
            AND (lease_until IS NULL OR lease_until <= clock_timestamp())
          ORDER BY created_at
          LIMIT 1
          FOR UPDATE SKIP LOCKED)
        RETURNING id::text`;
      if (claimed === undefined) return null;
      const row = await transaction.modelVersion.findUniqueOrThrow({ where: { id: claimed.id }, include: withAliases });
      return {
        id: row.id,
        tenant: row.tenantId,
        model: row.model.name,
        version: row.version,
        location: row.location as ModelLocation,
        files: row.files as unknown as ModelFile[],
        epoch: row.leaseEpoch,
        attempt: row.attempts,
      };
    });
  }

  override renew(claim: ValidationClaim, leaseSeconds: number): Promise<boolean> {
    return this.database.within(claim.tenant, async (transaction) => {
      const renewed = await transaction.$executeRaw`
        UPDATE model_version SET lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}::double precision)
        WHERE id = ${claim.id}::uuid AND lease_epoch = ${claim.epoch} AND state = 'VALIDATING' AND deleted_at IS NULL`;
      return renewed > 0;
    });
  }

  override async release(claim: ValidationClaim): Promise<void> {
    await this.database.within(
      claim.tenant,
      (transaction) => transaction.$executeRaw`
        UPDATE model_version SET lease_until = NULL, attempts = attempts - 1
        WHERE id = ${claim.id}::uuid AND lease_epoch = ${claim.epoch} AND state = 'VALIDATING'`,
    );
  }

  override end(claim: ValidationClaim, outcome: ValidationOutcome): Promise<boolean> {
    return this.database.within(claim.tenant, async (transaction) => {
      await lockModel(transaction, claim.tenant, claim.model);
      return this.write(transaction, claim, outcome);
    });
  }

  override async rejectSpent(maxAttempts: number, reason: RejectionReason): Promise<number> {
    const spent = await this.database.within(
      EVERY_TENANT,
      (transaction) => transaction.$queryRaw<{ id: string; tenant: string; epoch: number; version: string }[]>`
        SELECT id::text, tenant_id AS tenant, lease_epoch AS epoch, version FROM model_version
        WHERE state = 'VALIDATING' AND deleted_at IS NULL AND attempts >= ${maxAttempts}
          AND (lease_until IS NULL OR lease_until <= clock_timestamp())`,
    );
    let rejected = 0;
    for (const row of spent) {
      const outcome = { state: 'REJECTED', reasons: [reason], sha256: null, files: null } as const;
      if (await this.database.within(row.tenant, (transaction) => this.write(transaction, row, outcome))) rejected += 1;
    }
    return rejected;
  }

  override async expireLeases(): Promise<void> {
    await this.database.within(
      EVERY_TENANT,
      (transaction) => transaction.$executeRaw`UPDATE model_version SET lease_until = NULL WHERE state = 'VALIDATING'`,
    );
  }

  /** The outcome with its leaf, and `production` for a first ACTIVE version; only while the claim holds. */
  private async write(
    transaction: Transaction,
    claim: Pick<ValidationClaim, 'id' | 'tenant' | 'epoch' | 'version'>,
    outcome: ValidationOutcome,
  ): Promise<boolean> {
    const written = await transaction.modelVersion.updateMany({
      where: { id: claim.id, leaseEpoch: claim.epoch, state: 'VALIDATING', deletedAt: null },
      data: {
        ...outcomeColumns(outcome, claim.version),
        leaseUntil: null,
        sha256: outcome.sha256,
        ...(outcome.files === null ? {} : { files: copyFiles(outcome.files) }),
      },
    });
    if (written.count === 0) return false;
    const row = await transaction.modelVersion.findUniqueOrThrow({ where: { id: claim.id }, include: withAliases });
    const who = { tenant: row.tenantId, actorType: 'system', actor: 'validator', authMethod: 'none', requestId: null } as const;
    const facts = {
      model: row.model.name,
      version: row.version,
      state: outcome.state,
      modelSha256: outcome.sha256,
      codes: outcome.state === 'REJECTED' ? outcome.reasons.map((reason) => reason.code) : undefined,
    };
    await insertLeaf(transaction, who, recordAudit(this.clock, 'model.validate', who, row.id, facts));
    if (outcome.state === 'ACTIVE') await pointProduction(transaction, this.clock, who, row);
    return true;
  }
}
