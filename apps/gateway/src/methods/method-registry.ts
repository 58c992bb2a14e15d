import type { ModelVersion } from '#catalog';
import type { Explainer, Task } from '#explainers';
import { batchRequestSchema, findMissing, jobRequestSchema, type BatchRequest, type JobRequest, type MissingNeed } from '#jobs';
import { z } from 'zod';

export interface MethodAnswer {
  readonly id: string;
  readonly family: string;
  readonly about: string;
  readonly tasks: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
}

export interface VersionMethods {
  readonly methods: readonly string[];
  readonly unavailable: readonly ({ readonly method: string } & MissingNeed)[];
}

/** The registered methods as the gateway needs them: the schema of a job's body, and what is told about each method. */
export class MethodRegistry {
  readonly requestSchema: z.ZodType<JobRequest>;
  readonly batchSchema: z.ZodType<BatchRequest>;
  readonly methods: readonly MethodAnswer[];

  constructor(private readonly explainers: readonly Explainer[]) {
    this.requestSchema = jobRequestSchema(explainers);
    this.batchSchema = batchRequestSchema(explainers);
    this.methods = explainers.map((explainer) => ({
      id: explainer.method,
      family: explainer.family,
      about: explainer.about,
      tasks: explainer.tasks,
      params: z.toJSONSchema(explainer.params, { io: 'input', target: 'draft-2020-12' }),
    }));
  }

  /** Methods that explain models of a task: those that explain this version as it is, and those that need something it lacks. */
  forVersion(task: Task, capabilities: ModelVersion['capabilities']): VersionMethods {
    const own = this.explainers.filter(({ tasks }) => tasks.includes(task));
    const found = own.map((explainer) => ({ method: explainer.method, missing: findMissing(explainer, capabilities) }));
    return {
      methods: found.filter(({ missing }) => missing === null).map(({ method }) => method),
      unavailable: found.flatMap(({ method, missing }) => (missing === null ? [] : [{ method, ...missing }])),
    };
  }
}
