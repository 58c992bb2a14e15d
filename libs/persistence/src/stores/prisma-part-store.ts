import { PartStore, type Claim, type FinishedPart, type NewPart, type NewPayload, type PartCosts } from '#jobs';
import type { Database } from '../database/database.js';
import { commitPart, fanOut } from './job-parts.js';

/** Parts of jobs in PostgreSQL. */
export class PrismaPartStore extends PartStore {
  constructor(private readonly database: Database) {
    super();
  }

  override fanOut(claim: Claim, parts: readonly NewPart[]): Promise<boolean> {
    return this.database.within(claim.principal.tenant, (transaction) => fanOut(transaction, claim, parts));
  }

  override commitPart(claim: Claim, payload: NewPayload, evaluations: number, costs: PartCosts): Promise<boolean> {
    const { part } = claim;
    if (part === null) throw new RangeError(`job ${claim.jobId} is no part`);
    return this.database.within(claim.principal.tenant, (transaction) =>
      commitPart(transaction, claim, part.parentId, payload, evaluations, costs),
    );
  }

  override listFinished(claim: Claim): Promise<readonly FinishedPart[]> {
    return this.database.within(
      claim.principal.tenant,
      (transaction) => transaction.$queryRaw<FinishedPart[]>`
        SELECT part_payload_id::text AS "payloadId", part_costs AS costs, attempt AS attempts FROM job
        WHERE parent_id = ${claim.jobId}::uuid AND state = 'SUCCEEDED' ORDER BY part`,
    );
  }
}
