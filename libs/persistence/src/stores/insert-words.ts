import type { InputTerms } from '#history';
import type { Transaction } from '../database/database.js';

/** Makes an explanation, which must be there, findable by the words of its input. */
export async function insertWords(
  transaction: Transaction,
  of: { readonly tenant: string; readonly actor: string; readonly explanationId: string; readonly words: InputTerms },
): Promise<void> {
  const { tenant, actor, explanationId, words } = of;
  const terms = [...words.terms];
  await transaction.$executeRaw`
    WITH words AS (
      INSERT INTO explanation_words (explanation_id, tenant_id, actor, terms, complete)
      VALUES (${explanationId}::uuid, ${tenant}, ${actor}, ${terms}::bigint[], ${words.complete})
    )
    INSERT INTO explanation_term (tenant_id, actor, term, created_at, explanation_id)
    SELECT e.tenant_id, ${actor}, term, e.created_at, e.id FROM explanation e, unnest(${terms}::bigint[]) term WHERE e.id = ${explanationId}::uuid`;
}
