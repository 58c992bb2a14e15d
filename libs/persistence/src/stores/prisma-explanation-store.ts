import {
  ExplanationStore,
  type ExplanationFilter,
  type ExplanationRow,
  type PageCursor,
  type PayloadRow,
  type Searchable,
  type TensorRow,
} from '#history';
import { Prisma, type Explanation as ExplanationRecord } from '../generated/client.js';
import type { Database, Transaction } from '../database/database.js';
import { explanationLists } from './condition-lists.js';
import { intersectLists } from './intersect-lists.js';

/** Bytes that come in one answer: the whole of a large payload, written in hex, would hold the only thread for half a second. */
const PIECE_BYTES = 2 ** 21;

/** Stored explanations in PostgreSQL, read only: they are written where their job is committed. */
export class PrismaExplanationStore extends ExplanationStore {
  /** Tenants of whom everything is indexed: only a migration, which no process outlives, adds to what is not. */
  private readonly indexed = new Set<string>();

  constructor(private readonly database: Database) {
    super();
  }

  override list(tenant: string, filter: ExplanationFilter, after: PageCursor | null, limit: number): Promise<readonly ExplanationRow[]> {
    return this.database.within(tenant, async (transaction) => {
      const { createdAfter, createdBefore } = filter;
      const ids = await intersectLists(transaction, explanationLists(tenant, filter), { createdAfter, createdBefore, after, limit });
      return readRows(transaction, ids);
    });
  }

  override async hasUnindexed(tenant: string): Promise<boolean> {
    if (this.indexed.has(tenant)) return false;
    const unindexed = await this.database.within(tenant, async (transaction) => {
      const first = await transaction.explanationUnindexed.findFirst({ where: { tenantId: tenant }, select: { explanationId: true } });
      return first !== null;
    });
    if (!unindexed) this.indexed.add(tenant);
    return unindexed;
  }

  override find(tenant: string, id: string): Promise<ExplanationRow | null> {
    return this.database.within(tenant, async (transaction) => (await readRows(transaction, [id]))[0] ?? null);
  }

  override async findPayload(tenant: string, id: string): Promise<PayloadRow | null> {
    const [row] = await this.database.run<PayloadRow & { readonly size: number }>(
      tenant,
      Prisma.sql`
        /* find-payload */
        SELECT p.nonce, substring(p.ciphertext FROM 1 FOR ${PIECE_BYTES}::int) AS ciphertext, octet_length(p.ciphertext) AS size,
          k.wrapped_key AS "wrappedKey"
        FROM payload p JOIN subject_key k ON k.id = p.subject_key_id WHERE p.id = ${id}::uuid`,
    );
    if (row === undefined) return null;
    const { nonce, wrappedKey, size } = row;
    if (size <= PIECE_BYTES) return { nonce, wrappedKey, ciphertext: row.ciphertext };
    const ciphertext = new Uint8Array(size);
    ciphertext.set(row.ciphertext);
    for (let from = PIECE_BYTES; from < size; from += PIECE_BYTES) {
      const piece = await this.readPiece(tenant, id, from);
      if (piece === null) return null;
      ciphertext.set(piece, from);
    }
    return { nonce, wrappedKey, ciphertext };
  }

  override async hasPayload(tenant: string, id: string): Promise<boolean> {
    const rows = await this.database.run(
      tenant,
      Prisma.sql`
        /* has-payload */
        SELECT 1 FROM payload p JOIN subject_key k ON k.id = p.subject_key_id WHERE p.id = ${id}::uuid AND k.wrapped_key IS NOT NULL`,
    );
    return rows.length > 0;
  }

  /** Null when it was destroyed meanwhile. */
  private async readPiece(tenant: string, id: string, from: number): Promise<Uint8Array | null> {
    const [row] = await this.database.run<{ piece: Uint8Array }>(
      tenant,
      Prisma.sql`
        /* read-payload-piece */
        SELECT substring(p.ciphertext FROM ${from + 1}::int FOR ${PIECE_BYTES}::int) AS piece FROM payload p WHERE p.id = ${id}::uuid`,
    );
    return row?.piece ?? null;
  }
}

interface Mark {
  readonly id: string;
  readonly complete: boolean | null;
  readonly unindexed: boolean;
  readonly erasedAt: Date | null;
  readonly reason: 'request' | 'retention' | null;
}

/** The rows with these ids, in this order. */
async function readRows(transaction: Transaction, ids: readonly string[]): Promise<ExplanationRow[]> {
  if (ids.length === 0) return [];
  const rows = await transaction.explanation.findMany({ where: { id: { in: [...ids] } } });
  const marks = await transaction.$queryRaw<Mark[]>`
    SELECT i.id::text, w.complete, u.explanation_id IS NOT NULL AS unindexed, x.created_at AS "erasedAt", x.reason
    FROM unnest(${[...ids]}::uuid[]) i (id)
    LEFT JOIN explanation_words w ON w.explanation_id = i.id
    LEFT JOIN explanation_unindexed u ON u.explanation_id = i.id
    LEFT JOIN explanation_erasure x ON x.explanation_id = i.id`;
  const markOf = new Map(marks.map((mark) => [mark.id, mark]));
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => {
    const row = rowOf.get(id);
    return row === undefined ? [] : [toExplanation(row, markOf.get(id))];
  });
}

function toExplanation(row: ExplanationRecord, mark: Mark | undefined): ExplanationRow {
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
    modelRows: Number(row.modelRows),
    budget: Number(row.budget),
    estimated: row.estimated,
    truncated: row.truncated,
    warningCodes: row.warningCodes,
    timing: row.timing as Record<string, number>,
    environment: row.environment as Record<string, unknown>,
    tensors: row.tensors as unknown as TensorRow[],
    createdAt: row.createdAt,
    searchable: toSearchable(mark),
    erasure: mark?.erasedAt == null || mark.reason === null ? null : { at: mark.erasedAt, reason: mark.reason },
  };
}

function toSearchable(mark: Mark | undefined): Searchable {
  if (mark?.unindexed === true) return 'not-yet';
  if (mark?.complete == null) return 'none';
  return mark.complete ? 'all' : 'part';
}
