import type { DatasetReader } from '../data/dataset-reader.js';
import type { DatasetRequest, Explainer, ExplainInput, GlobalExplainer } from '#explainers';
import { payloadContext, seal, type History, type KeyRing } from '#history';
import type { Clock } from '#platform';
import { RunFailure, type ExplainRun, type ModelFiles, type PartRun, type Runner, type RunOptions } from '#runner';
import { uuidv7 } from 'uuidv7';
import type { Claim } from '../store/job-store.js';
import { persist } from '../work/persist.js';
import type { PartStore } from './part-store.js';

/** Bytes of parts sent to a child at a time, about; at least one part goes. */
const MERGED_AT_A_TIME = 2 ** 18;

export interface DatasetWorkParts {
  readonly explainers: readonly Explainer[];
  readonly partStore: PartStore;
  readonly datasets: DatasetReader;
  readonly keys: KeyRing;
  readonly history: History;
  readonly runner: Runner;
  readonly clock: Clock;
}

/** A claimed job over a data set, with what it takes to go on with it. */
export interface DatasetOrder {
  readonly claim: Claim;
  readonly request: DatasetRequest<unknown>;
  readonly model: ModelFiles;
}

/** The three stages of a job over a data set: it is cut into parts, each part is explained, what they found is merged. */
export class DatasetWork {
  constructor(private readonly parts: DatasetWorkParts) {}

  /** The method of a claimed job if it reads data sets, else null. */
  find(method: string): GlobalExplainer | null {
    const found = this.parts.explainers.find((explainer) => explainer.method === method);
    return found?.reads === 'dataset' ? found : null;
  }

  /** Queues the parts. False when the job is no longer this claim's to run. */
  async fanOut(explainer: GlobalExplainer, { claim, request, model }: DatasetOrder): Promise<boolean> {
    const parts = explainer.partition(request, model.description).map(({ evaluations }) => ({ id: uuidv7(), evaluations }));
    return persist(() => this.parts.partStore.fanOut(claim, parts));
  }

  /** @throws RunFailure */
  async runPart(explainer: GlobalExplainer, { claim, request, model }: DatasetOrder, options: RunOptions): Promise<PartRun> {
    const part = explainer.partition(request, model.description)[claim.part?.index ?? -1];
    if (part === undefined) throw new RangeError(`job ${claim.jobId} is no part of its parent`);
    const rows = await this.readRows(claim.principal.tenant, request, part.rows);
    return this.parts.runner.explainPart({ method: explainer.method, request, model, part, rows, cache: claim.cache }, options);
  }

  /** False when the part is no longer this claim's to end. @throws RunFailure PAYLOAD_ERASED */
  async commitPart(claim: Claim, run: PartRun): Promise<boolean> {
    const key = await this.parts.keys.openSubjectKey(claim.principal.tenant, claim.subjectKeyId);
    if (key === null) throw erased();
    const id = uuidv7();
    const payload = {
      id,
      kind: 'part' as const,
      name: null,
      sealed: seal(key.dataKey, run.partial, payloadContext(id)),
    };
    const { modelRows, modelMs, cpuMs, peakRssBytes } = run;
    const costs = { modelRows, modelMs, cpuMs, peakRssBytes };
    return persist(() => this.parts.partStore.commitPart(claim, payload, run.evaluations, costs));
  }

  /** Merges the parts in their order, a few at a time, and makes the explanation. @throws RunFailure */
  async fanIn(explainer: GlobalExplainer, { claim, request, model }: DatasetOrder, options: RunOptions): Promise<ExplainRun> {
    const { partStore, runner, clock } = this.parts;
    const finished = await persist(() => partStore.listFinished(claim));
    const order = { method: explainer.method, request, model };
    let merged: Uint8Array | null = null;
    for (let next = 0; next < finished.length;) {
      const parts: Uint8Array[] = [];
      for (let bytes = 0; next < finished.length && bytes < MERGED_AT_A_TIME; next++) {
        const opened = await this.parts.history.openPayload(claim.principal.tenant, claim.subjectKeyId, finished[next]?.payloadId ?? '');
        if (opened === null) throw erased();
        parts.push(opened);
        bytes += opened.length;
      }
      merged = await runner.mergeParts({ ...order, before: merged, parts }, options);
    }
    if (merged === null) throw new RangeError(`job ${claim.jobId} has no parts`);
    const sum = (of: 'modelRows' | 'modelMs' | 'cpuMs'): number => finished.reduce((total, { costs }) => total + costs[of], 0);
    const run = await runner.concludeParts({ ...order, merged, totals: { modelRows: sum('modelRows') } }, options);
    return {
      ...run,
      // From the start of the job, the time its parts waited included.
      wallMs: clock.now().getTime() - claim.startedAt.getTime(),
      modelMs: sum('modelMs'),
      cpuMs: run.cpuMs + sum('cpuMs'),
      peakRssBytes: finished.reduce((most, { costs }) => Math.max(most, costs.peakRssBytes), run.peakRssBytes),
    };
  }

  private async readRows(
    tenant: string,
    { input }: DatasetRequest<unknown>,
    [from, to]: readonly [number, number],
  ): Promise<readonly ExplainInput[]> {
    const { datasets } = this.parts;
    const dataset = await persist(() => datasets.find(tenant, input.dataset, input.version));
    const rows = dataset?.sha256 === input.sha256 ? await persist(() => datasets.readRows(tenant, dataset.id, from, to)) : null;
    if (rows === null)
      throw new RunFailure({
        code: 'DATASET_GONE',
        detail: `${input.dataset} version ${input.version} was deleted while its rows were explained`,
      });
    return rows.map((row) => ('text' in row ? { text: row.text } : { features: row.features }));
  }
}

function erased(): RunFailure {
  return new RunFailure({ code: 'PAYLOAD_ERASED', detail: 'the data of this job were erased while it ran' });
}
