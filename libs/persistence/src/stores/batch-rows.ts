import { isTerminal, noJobs, type Batch, type JobState, type Priority } from '#jobs';
import type { Prisma } from '../generated/client.js';
import type { Transaction } from '../database/database.js';
import { newestFirst } from './keyset.js';

/** Batches that match, newest first, each with its jobs counted by state. */
export async function readBatches(transaction: Transaction, where: Prisma.BatchWhereInput, limit: number): Promise<Batch[]> {
  const rows = await transaction.batch.findMany({ where, orderBy: newestFirst(), take: limit });
  if (rows.length === 0) return [];
  const groups = await transaction.job.groupBy({
    by: ['batchId', 'state'],
    where: { batchId: { in: rows.map((row) => row.id) } },
    _count: { _all: true },
    _max: { finishedAt: true },
  });
  return rows.map((row) => {
    const own = groups.filter((group) => group.batchId === row.id);
    const counts = noJobs();
    for (const group of own) counts[group.state as JobState] = group._count._all;
    const isFinished = own.every((group) => isTerminal(group.state as JobState));
    const ends = own.flatMap((group) => (group._max.finishedAt === null ? [] : [group._max.finishedAt.getTime()]));
    return {
      id: row.id,
      tenant: row.tenantId,
      actor: row.actor,
      method: row.method,
      model: { name: row.modelName, version: row.modelVersion, sha256: row.modelSha256, alias: row.aliasUsed },
      labels: row.labels as Record<string, string>,
      priority: row.priority as Priority,
      size: row.size,
      refused: row.refused,
      counts,
      cancelRequestedAt: row.cancelRequestedAt,
      createdAt: row.createdAt,
      finishedAt: isFinished ? new Date(Math.max(...ends)) : null,
    };
  });
}
