import type { ExplanationFilter, ExplanationRow, ExplanationStore, PageCursor, PayloadRow } from '#history';
import { hasLabels, pageOf, type MemoryDatabase } from './memory-database.js';

/** Stored explanations in memory. */
export class MemoryExplanationStore implements ExplanationStore {
  constructor(private readonly database: MemoryDatabase) {}

  list(tenant: string, filter: ExplanationFilter, after: PageCursor | null, limit: number): Promise<readonly ExplanationRow[]> {
    return this.database.within(() => {
      const rows = [...this.database.explanations.values()].filter(
        (row) => row.tenant === tenant && matches(row, filter) && this.hasWords(row.id, filter.words ?? []),
      );
      return pageOf(rows, after, limit);
    });
  }

  hasUnindexed(): Promise<boolean> {
    return this.database.within(() => false);
  }

  find(tenant: string, id: string): Promise<ExplanationRow | null> {
    return this.database.within(() => {
      const row = this.database.explanations.get(id);
      return row?.tenant === tenant ? row : null;
    });
  }

  findPayload(tenant: string, id: string): Promise<PayloadRow | null> {
    return this.database.within(() => this.database.payload(tenant, id));
  }

  async hasPayload(tenant: string, id: string): Promise<boolean> {
    const payload = await this.findPayload(tenant, id);
    return payload !== null && payload.wrappedKey !== null;
  }

  private hasWords(id: string, words: readonly bigint[]): boolean {
    const terms = this.database.words.get(id)?.terms ?? [];
    return words.every((word) => terms.includes(word));
  }
}

function matches(row: ExplanationRow, filter: ExplanationFilter): boolean {
  const equal = <Value>(wanted: Value | undefined, value: Value) => wanted === undefined || wanted === value;
  return (
    equal(filter.model, row.modelName) &&
    equal(filter.version, row.modelVersion) &&
    equal(filter.method, row.method) &&
    equal(filter.actor, row.actor) &&
    (filter.predictedClass === undefined || filter.predictedClass === row.predictedClass) &&
    (filter.minConfidence === undefined || (row.confidence !== null && row.confidence >= filter.minConfidence)) &&
    (filter.createdAfter === undefined || row.createdAt > filter.createdAfter) &&
    (filter.createdBefore === undefined || row.createdAt < filter.createdBefore) &&
    hasLabels(row.labels, filter.labels)
  );
}
