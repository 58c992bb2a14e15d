import type { InputTerms } from '#history';
import { WordBacklog } from '#jobs';
import { EVERY_TENANT, type Database } from '../database/database.js';
import { insertWords } from './insert-words.js';

interface Unread {
  readonly tenant: string;
  readonly actor: string;
  readonly explanationId: string;
}

/** The list of explanations whose words are still to be read, in PostgreSQL. */
export class PrismaWordBacklog extends WordBacklog {
  constructor(private readonly database: Database) {
    super();
  }

  override take(limit: number): Promise<readonly Unread[]> {
    return this.database.within(EVERY_TENANT, async (transaction) => {
      const rows = await transaction.explanationUnindexed.findMany({ orderBy: { explanationId: 'desc' }, take: limit });
      return rows.map(({ tenantId, actor, explanationId }) => ({ tenant: tenantId, actor, explanationId }));
    });
  }

  override async settle({ tenant, actor, explanationId }: Unread, words: InputTerms | null): Promise<void> {
    await this.database.within(tenant, async (transaction) => {
      // Whoever removes the row writes the words: an erasure or another process may have come first.
      const removed = await transaction.explanationUnindexed.deleteMany({ where: { explanationId } });
      if (removed.count === 1 && words !== null) await insertWords(transaction, { tenant, actor, explanationId, words });
    });
  }
}
