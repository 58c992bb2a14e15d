import type { Principal } from '#access';
import type { JobRequest, JobSubmission } from '#jobs';
import type { PlanOrder, Runner } from '#runner';
import type { PlanAnswer } from './plan-answer.js';

/** Seconds a plan may take: it loads a model at most. */
const LONGEST_PLAN_SECONDS = 30;

/** Answers validateOnly: asks a child process what a run would do, and runs nothing. */
export class JobPlanner {
  constructor(
    private readonly submission: JobSubmission,
    private readonly runner: Runner,
    private readonly locateModel: (location: string) => string,
    private readonly memoryLimitBytes: number,
  ) {}

  /** @throws ProblemError or RunFailure, as the run itself would */
  async plan(principal: Principal, body: JobRequest, signal: AbortSignal): Promise<PlanAnswer> {
    const plan = await this.runner.plan(await this.order(principal, body), {
      deadline: new Date(Date.now() + Math.min(body.deadlineSeconds, LONGEST_PLAN_SECONDS) * 1000),
      memoryLimitBytes: this.memoryLimitBytes,
      signal,
    });
    return {
      valid: true,
      features: plan.features.map((feature) => ({ ...feature }) as PlanAnswer['features'][number]),
      estimatedEvaluations: plan.estimatedEvaluations,
      modelRows: plan.estimatedModelRows,
      warnings: plan.warnings.map((warning) => ({ ...warning })),
    };
  }

  private async order(principal: Principal, body: JobRequest): Promise<PlanOrder> {
    const prepared = await this.submission.prepare(principal, body);
    const { version } = prepared;
    const model = { folder: this.locateModel(version.location), description: version.description, files: version.files };
    const { method } = prepared.explainer;
    const background = await this.submission.loadBackground(principal, prepared);
    if (prepared.kind === 'row') return { method, request: { ...prepared.request, ...background }, model, cache: body.cache };
    const sample = await this.submission.sampleRows(principal, prepared.dataset, prepared.request.input.rows);
    return { method, request: { ...prepared.request, ...background }, model, sample, cache: body.cache };
  }
}
