import {
  KeyTaken,
  type AuditLeaf,
  type AttemptRow,
  type Job,
  type JobEvent,
  type KeptAnswer,
  type KeyMark,
  type NewBatch,
  type NewJob,
  type NewPayload,
  type OutboxEntry,
} from '#jobs';
import type { ExplanationRow, InputTerms, PageCursor, PayloadRow, SubjectKeyRow } from '#history';
import type { ModelVersion } from '#catalog';
import type { ApiKey } from '#access';
import type { MemoryNotices } from './memory-notices.js';

/** A job with what the row knows beside what people see. */
export interface MemoryJob {
  job: Job;
  readonly order: NewJob;
  epoch: number;
  leaseUntil: number | null;
  worker: string | null;
  attempts: AttemptRow[];
  readonly events: JobEvent[];
}

export interface MemoryBatch {
  readonly tenant: string;
  readonly actor: string;
  readonly order: NewBatch;
  readonly createdAt: Date;
  cancelRequestedAt: Date | null;
}

export interface MemoryModel {
  readonly tenant: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly aliases: Map<string, string>;
  readonly versions: Map<string, ModelVersion>;
}

/** The tables of the in-memory stores. Every call of a store goes through `within`, which fails while `failure` is set. */
export class MemoryDatabase {
  readonly jobs = new Map<string, MemoryJob>();
  readonly explanations = new Map<string, ExplanationRow>();
  readonly words = new Map<string, InputTerms>();
  readonly payloads = new Map<string, { readonly tenant: string; readonly subjectKeyId: string; readonly payload: NewPayload }>();
  readonly subjectKeys = new Map<string, { readonly tenant: string; readonly row: SubjectKeyRow; readonly reference: string | null }>();
  readonly tenantKeys = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly models = new Map<string, MemoryModel>();
  readonly batches = new Map<string, MemoryBatch>();
  /** Kept answers by tenant and key. */
  readonly answers = new Map<string, { readonly kept: KeptAnswer; readonly at: number }>();
  readonly apiKeys = new Map<string, { readonly row: ApiKey; readonly hash: Uint8Array }>();
  readonly leaves: AuditLeaf[] = [];
  readonly outbox: (OutboxEntry & { sentAt: number | null })[] = [];
  /** Thrown by every call, as a database that is away would. */
  failure: Error | null = null;

  constructor(readonly notices: MemoryNotices) {}

  /** Milliseconds by which the clock of the database is ahead. */
  aheadMs = 0;

  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  /** @throws KeyTaken */
  takeKey(tenant: string, key: string): void {
    if (this.answers.has(JSON.stringify([tenant, key]))) throw new KeyTaken();
  }

  keepAnswer<Made>(tenant: string, mark: KeyMark<Made>, made: Made): void {
    this.answers.set(JSON.stringify([tenant, mark.key]), { kept: mark.keep(made), at: this.now() });
  }

  /** A payload with the key it is sealed under; null where it is gone. */
  payload(tenant: string, id: string): PayloadRow | null {
    const found = this.payloads.get(id);
    if (found?.tenant !== tenant) return null;
    return { ...found.payload.sealed, wrappedKey: this.subjectKeys.get(found.subjectKeyId)?.row.wrappedKey ?? null };
  }

  /** A version of a model with its aliases; null where there is none. */
  version(tenant: string, name: string, version: string): ModelVersion | null {
    const model = this.models.get(JSON.stringify([tenant, name]));
    return model === undefined ? null : viewVersion(model, version);
  }

  /** Runs as one step, as a transaction would. */
  within<T>(work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          if (this.failure !== null) throw this.failure;
          resolve(work());
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
  }
}

/** A version of a model with its aliases; null where the model has none of that name. */
export function viewVersion(model: MemoryModel, version: string): ModelVersion | null {
  const found = model.versions.get(version);
  if (found === undefined) return null;
  const aliases = [...model.aliases].filter(([, target]) => target === version).map(([alias]) => alias);
  return { ...found, aliases: aliases.sort() };
}

/** Rows newest first by (createdAt, id), strictly after the cursor. */
export function pageOf<Row extends PageCursor>(rows: Iterable<Row>, after: PageCursor | null, limit: number): Row[] {
  const newestFirst = (a: PageCursor, b: PageCursor) =>
    b.createdAt.getTime() - a.createdAt.getTime() || (a.id === b.id ? 0 : a.id < b.id ? 1 : -1);
  return [...rows]
    .sort(newestFirst)
    .filter((row) => after === null || newestFirst(after, row) < 0)
    .slice(0, limit);
}

/** Whether a row has every label of a filter, with exactly this text. */
export function hasLabels(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}
