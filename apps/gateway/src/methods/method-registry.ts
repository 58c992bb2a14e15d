import type { Explainer } from '#explainers';
import { batchRequestSchema, jobRequestSchema, type BatchRequest, type JobRequest } from '#jobs';
import { z } from 'zod';

export interface MethodAnswer {
  readonly id: string;
  readonly family: string;
  readonly about: string;
  readonly tasks: readonly string[];
  readonly params: Readonly<Record<string, unknown>>;
}

/** The registered methods as the gateway needs them: the schema of a job's body, and what is told about each method. */
export class MethodRegistry {
  readonly requestSchema: z.ZodType<JobRequest>;
  readonly batchSchema: z.ZodType<BatchRequest>;
  readonly methods: readonly MethodAnswer[];

  constructor(explainers: readonly Explainer[]) {
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

  /** Ids of the methods that explain models of a task. */
  forTask(task: string): readonly string[] {
    return this.methods.filter((method) => method.tasks.includes(task)).map((method) => method.id);
  }
}
