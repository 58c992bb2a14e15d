import { setImmediate as breathe } from 'node:timers/promises';
import type { Principal, Quota } from '#access';
import type { ModelStore } from '#catalog';
import type { Explainer } from '#explainers';
import { seal, unseal, type FreshSubjectKey, type KeyRing, type SubjectKey } from '#history';
import { createProblem, ProblemError, type Clock, type Problem, type ProblemCode } from '#platform';
import { uuidv7 } from 'uuidv7';
import type { StoredData } from '../data/stored-data.js';
import type { KeyMark } from '../idempotency/idempotency-store.js';
import { auditWho } from '../request/audit-who.js';
import { draftJob, type JobDraft } from '../request/draft-job.js';
import { drawSeed } from '../request/draw-seed.js';
import { findActive, type ResolvedModel } from '../request/find-active.js';
import { completeRequest, expectTask, findExplainer } from '../request/prepare-request.js';
import { refuseBeyondQuota } from '../request/refuse-beyond-quota.js';
import { recordAudit } from '../request/record-audit.js';
import type { Batch } from './batch.js';
import type { BatchItemRequest, BatchRequest } from './batch-request.js';
import type { BatchCancelOutcome, BatchStore, Refusal } from './batch-store.js';

/** An item as far as its schema goes; the problem's pointers are into the body of the batch. */
export type ParsedItem = { readonly item: BatchItemRequest } | { readonly problem: Problem };

/** What became of an item at submission. */
export type SubmittedItem = { readonly index: number; readonly jobId: string } | { readonly index: number; readonly error: Problem };

export interface SubmittedBatch {
  readonly batch: Batch;
  readonly items: readonly SubmittedItem[];
}

/** Items between which other work of this process gets its turn. */
const STRIDE = 25;
const MOST_ERRORS = 50;

/** Accepts many jobs of one method at once. An item that cannot be run is refused alone. */
export class BatchSubmission {
  constructor(
    private readonly explainers: readonly Explainer[],
    private readonly models: ModelStore,
    private readonly keys: KeyRing,
    private readonly batches: BatchStore,
    private readonly clock: Clock,
    private readonly quota: Quota,
    private readonly data: StoredData,
  ) {}

  /**
   * @param parsed the items in their order
   * @param pointerOf RFC 6901 pointer into the body of the batch for one into the body that the item would be as a job
   * @throws ProblemError where nothing can be run: what the items share is wrong, or each of them is (BATCH_REFUSED)
   */
  async submit(
    principal: Principal,
    body: BatchRequest,
    parsed: readonly ParsedItem[],
    pointerOf: (index: number, pointer: string) => string,
    requestId: string,
    mark: KeyMark<SubmittedBatch> | null,
  ): Promise<SubmittedBatch> {
    await refuseBeyondQuota(this.quota, this.clock, principal.tenant);
    const explainer = findExplainer(this.explainers, body.method);
    const model = await findActive(this.models, principal, body.model);
    const subjects = new Map<string, SubjectKey>();
    const drafts: (JobDraft & { readonly index: number })[] = [];
    const problems = new Map<number, Problem>();
    for (const [index, one] of parsed.entries()) {
      if (index % STRIDE === 0) await breathe();
      if ('problem' in one) problems.set(index, one.problem);
      else
        try {
          drafts.push({ index, ...(await this.draft(principal, body, explainer, model, one.item, subjects, requestId)) });
        } catch (error) {
          if (!(error instanceof ProblemError)) throw error;
          problems.set(
            index,
            rebase(error.problem, (pointer) => pointerOf(index, pointer)),
          );
        }
    }
    if (drafts.length === 0) throw refuseAll([...problems.values()]);
    const id = uuidv7();
    const key = await this.keys.createSubjectKey(principal.tenant, principal.actor);
    const describe = (batch: Batch): SubmittedBatch => ({ batch, items: listItems(drafts, problems) });
    const batch = await this.batches.create(
      principal,
      {
        id,
        method: explainer.method,
        model: {
          name: model.version.model,
          version: model.version.version,
          versionId: model.version.id,
          sha256: model.version.sha256,
          alias: model.alias,
        },
        labels: body.labels,
        priority: body.priority,
        size: parsed.length,
        requestId,
        key,
        jobs: drafts.map(({ index, job, leaf }) => ({ index, leaf, job: { ...job, batch: { id, item: index } } })),
        refusals: [...problems].map(([index, problem]) => sealRefusal(key, id, index, problem)),
      },
      mark === null ? null : { key: mark.key, fingerprint: mark.fingerprint, keep: (made) => mark.keep(describe(made)) },
    );
    return describe(batch);
  }

  /** Ends the jobs that wait, asks the running ones to stop. */
  cancel(principal: Principal, batchId: string, requestId: string): Promise<BatchCancelOutcome> {
    return this.batches.cancel(principal.tenant, batchId, (jobId) =>
      recordAudit(this.clock, 'cancel', auditWho(principal, requestId), jobId, { batch: batchId }),
    );
  }

  /** The reasons of refused items; what is left of them when the batch's key was destroyed. */
  async openRefusals(tenant: string, batchId: string, refusals: readonly Refusal[]): Promise<readonly Problem[]> {
    const keyId = refusals.length === 0 ? null : await this.batches.findKeyId(tenant, batchId);
    const key = keyId === null ? null : await this.keys.openSubjectKey(tenant, keyId);
    return refusals.map((refusal) => {
      // The code is of the catalogue, and the document was made by this platform and is authenticated by its seal.
      if (key === null) return createProblem(refusal.code as ProblemCode);
      return JSON.parse(Buffer.from(unseal(key.dataKey, refusal, context(batchId, refusal.index))).toString('utf8')) as Problem;
    });
  }

  private async draft(
    principal: Principal,
    body: BatchRequest,
    explainer: Explainer,
    model: ResolvedModel,
    item: BatchItemRequest,
    subjects: Map<string, SubjectKey>,
    requestId: string,
  ): Promise<JobDraft> {
    const { family } = explainer;
    expectTask(this.explainers, explainer, model);
    const { stored } = await completeRequest(
      explainer,
      model,
      this.data,
      principal.tenant,
      { ...body, input: item.input, seed: item.seed ?? body.seed },
      drawSeed,
    );
    const labels = { ...body.labels, ...item.labels };
    if (Object.keys(labels).length > 32)
      throw new ProblemError('SCHEMA_VIOLATION', {
        detail: 'the item and the batch have more than 32 labels together',
        errors: [{ pointer: '/labels', code: 'SCHEMA_VIOLATION', detail: 'more than 32 labels with those of the batch' }],
      });
    const subject = item.subjectRef ?? body.subjectRef;
    const freshKey = subject === undefined ? await this.keys.createSubjectKey(principal.tenant, principal.actor) : null;
    const key = freshKey ?? (await this.subjectKey(principal, subject ?? '', subjects));
    const { priority, cache, purpose = null, deadlineSeconds } = body;
    return draftJob(this.clock, 'submit', principal, requestId, {
      ...{ family, version: model.version, stored, key, freshKey, labels, priority, cache, purpose, deadlineSeconds },
    });
  }

  private async subjectKey(principal: Principal, subjectRef: string, known: Map<string, SubjectKey>): Promise<SubjectKey> {
    const key = known.get(subjectRef) ?? (await this.keys.subjectKeyOf(principal.tenant, subjectRef, principal.actor));
    known.set(subjectRef, key);
    return key;
  }
}

function listItems(drafts: readonly (JobDraft & { readonly index: number })[], problems: ReadonlyMap<number, Problem>): SubmittedItem[] {
  const accepted = drafts.map(({ index, job }) => ({ index, jobId: job.id }));
  const refused = [...problems].map(([index, error]) => ({ index, error }));
  return [...accepted, ...refused].sort((a, b) => a.index - b.index);
}

function rebase(problem: Problem, rebased: (pointer: string) => string): Problem {
  return { ...problem, errors: problem.errors.map((error) => ({ ...error, pointer: rebased(error.pointer) })) };
}

function refuseAll(problems: readonly Problem[]): ProblemError {
  const errors = problems.flatMap((problem) =>
    problem.errors.length > 0 ? problem.errors : [{ pointer: '', code: problem.code, detail: problem.detail }],
  );
  return new ProblemError('BATCH_REFUSED', {
    detail: `none of the ${problems.length} items can be run; the first: ${problems[0]?.detail ?? ''}`,
    errors: errors.slice(0, MOST_ERRORS),
  });
}

function sealRefusal(key: FreshSubjectKey, batchId: string, index: number, problem: Problem): Refusal {
  const { nonce, ciphertext } = seal(key.dataKey, Buffer.from(JSON.stringify(problem), 'utf8'), context(batchId, index));
  return { index, code: problem.code, nonce, ciphertext };
}

function context(batchId: string, index: number): string {
  return `refusal:${batchId}:${index}`;
}
