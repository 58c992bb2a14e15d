import {
  commit,
  buildResultDocument,
  describeTensor,
  indexExplanation,
  packTensor,
  payloadContext,
  seal,
  tensorBytes,
  type StoredRequest,
  type SubjectKey,
} from '#history';
import { canonicalJson } from '#audit';
import type { ExplainerOutput } from '#explainers';
import type { Clock } from '#platform';
import type { ExplainRun } from '#runner';
import { uuidv7 } from 'uuidv7';
import { showInput } from '../request/show-input.js';
import { recordAudit } from '../request/record-audit.js';
import type { AuditLeaf, Claim, NewExplanation } from '../store/job-store.js';

/** Turns what a child computed into the rows to commit: sealed canonical bytes, metadata, the audit leaf. */
export async function buildExplanation(from: {
  readonly claim: Claim;
  readonly request: StoredRequest;
  readonly run: ExplainRun;
  readonly key: SubjectKey;
  /** Of the tenant. */
  readonly searchKey: Uint8Array;
  readonly clock: Clock;
}): Promise<{ readonly explanation: NewExplanation; readonly leaf: AuditLeaf }> {
  const { claim, request, run, key, searchKey, clock } = from;
  const { output } = run;
  const input = showInput(request.input);
  const document = buildResultDocument({ ...request, input }, output);
  const payload = (kind: 'result' | 'tensor', name: string | null, bytes: Uint8Array) => {
    const id = uuidv7();
    return { id, kind, name, sealed: seal(key.dataKey, bytes, payloadContext(id)) };
  };
  const result = payload('result', null, document.bytes);
  const packed = await Promise.all((output.tensors ?? []).map(async (tensor) => ({ tensor, ...(await packTensor(tensorBytes(tensor))) })));
  const inputCommitment = commit(key.dataKey, Buffer.from(canonicalJson(input), 'utf8'));
  const explanation: NewExplanation = {
    id: uuidv7(),
    ...topPrediction(output),
    inputCommitment,
    result,
    tensors: packed.map(({ tensor, packing, bytes }) => {
      const stored = payload('tensor', tensor.name, bytes);
      return { payload: stored, row: { ...describeTensor(tensor), payloadId: stored.id, packing } };
    }),
    evaluations: output.evaluations,
    modelRows: output.modelRows,
    budget: output.budget,
    estimated: output.estimated,
    truncated: output.truncated,
    warningCodes: [...new Set(output.warnings.map((warning) => warning.code))],
    timing: {
      queuedMs: claim.startedAt.getTime() - claim.createdAt.getTime(),
      wallMs: Math.round(run.wallMs),
      modelMs: Math.round(run.modelMs),
      cpuMs: Math.round(run.cpuMs),
    },
    environment: { ...run.environment },
    words: indexExplanation(searchKey, input, output.result),
  };
  const leaf = recordAudit(
    clock,
    'complete',
    { tenant: claim.principal.tenant, actorType: 'system', actor: claim.worker, authMethod: 'none', requestId: claim.requestId },
    claim.jobId,
    {
      explanationId: explanation.id,
      method: claim.method,
      model: claim.model,
      seed: claim.seed,
      subjectKeyId: claim.subjectKeyId,
      inputCommitment: hex(inputCommitment),
      resultCommitment: hex(result.sealed.commitment),
      resultSize: result.sealed.size,
      quality: { evaluations: output.evaluations, budget: output.budget, estimated: output.estimated, truncated: output.truncated },
      warnings: explanation.warningCodes,
      environment: { ...run.environment },
      execution: {
        attempt: claim.attempt,
        leaseEpoch: claim.epoch,
        worker: claim.worker,
        attempts: claim.attempts.map((one) => ({
          number: one.number,
          worker: one.worker,
          startedAt: one.startedAt.toISOString(),
          outcome: one.outcome,
        })),
        queuedAt: claim.createdAt.toISOString(),
        startedAt: claim.startedAt.toISOString(),
        modelRows: output.modelRows,
        wallMs: Math.round(run.wallMs),
        cpuMs: Math.round(run.cpuMs),
        peakRssBytes: run.peakRssBytes,
      },
    },
  );
  return { explanation, leaf };
}

function topPrediction(output: ExplainerOutput): { predictedClass: string | null; confidence: number | null } {
  let top: { label: string; probability: number } | null = null;
  for (const one of output.prediction) if ('label' in one && (top === null || one.probability > top.probability)) top = one;
  return { predictedClass: top?.label ?? null, confidence: top?.probability ?? null };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
