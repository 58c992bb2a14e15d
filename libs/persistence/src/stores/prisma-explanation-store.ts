import { ExplanationStore, type ExplanationFilter, type ExplanationRow, type PageCursor, type PayloadRow, type TensorRow } from '#history';
import type { Explanation as ExplanationRecord } from '../generated/client.js';
import type { Database } from '../database/database.js';
import { afterCursor, newestFirst, withLabels } from './keyset.js';

/** Stored explanations in PostgreSQL, read only: they are written where their job is committed. */
export class PrismaExplanationStore extends ExplanationStore {
  constructor(private readonly database: Database) {
    super();
  }

  override list(tenant: string, filter: ExplanationFilter, after: PageCursor | null, limit: number): Promise<readonly ExplanationRow[]> {
    return this.database.within(tenant, async (transaction) => {
      const rows = await transaction.explanation.findMany({
        where: {
          tenantId: tenant,
          ...(filter.model === undefined ? {} : { modelName: filter.model }),
          ...(filter.version === undefined ? {} : { modelVersion: filter.version }),
          ...(filter.method === undefined ? {} : { method: filter.method }),
          ...(filter.actor === undefined ? {} : { actor: filter.actor }),
          ...(filter.predictedClass === undefined ? {} : { predictedClass: filter.predictedClass }),
          ...(filter.minConfidence === undefined ? {} : { confidence: { gte: filter.minConfidence } }),
          AND: [
            ...withLabels(filter.labels),
            ...afterCursor(after),
            ...(filter.createdAfter === undefined ? [] : [{ createdAt: { gt: filter.createdAfter } }]),
            ...(filter.createdBefore === undefined ? [] : [{ createdAt: { lt: filter.createdBefore } }]),
          ],
        },
        orderBy: newestFirst(),
        take: limit,
      });
      return rows.map(toExplanation);
    });
  }

  override find(tenant: string, id: string): Promise<ExplanationRow | null> {
    return this.database.within(tenant, async (transaction) => {
      const row = await transaction.explanation.findUnique({ where: { id } });
      return row === null ? null : toExplanation(row);
    });
  }

  override findPayload(tenant: string, id: string): Promise<PayloadRow | null> {
    return this.database.within(tenant, (transaction) =>
      transaction.payload.findUnique({ where: { id }, select: { nonce: true, ciphertext: true } }),
    );
  }
}

function toExplanation(row: ExplanationRecord): ExplanationRow {
  return {
    id: row.id,
    tenant: row.tenantId,
    actor: row.actor,
    jobId: row.jobId,
    method: row.method,
    modelName: row.modelName,
    modelVersion: row.modelVersion,
    modelSha256: row.modelSha256,
    labels: row.labels as Record<string, string>,
    predictedClass: row.predictedClass,
    confidence: row.confidence,
    subjectKeyId: row.subjectKeyId,
    resultPayloadId: row.resultPayloadId,
    evaluations: row.evaluations,
    modelRows: row.modelRows,
    budget: row.budget,
    estimated: row.estimated,
    truncated: row.truncated,
    warningCodes: row.warningCodes,
    timing: row.timing as Record<string, number>,
    environment: row.environment as Record<string, unknown>,
    tensors: row.tensors as unknown as TensorRow[],
    createdAt: row.createdAt,
  };
}
