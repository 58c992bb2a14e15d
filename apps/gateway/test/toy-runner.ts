import { TextModel, type Explainer, type LocalExplainer, type ModelDescription, type Plan } from '#explainers';
import { problemCodes } from '#platform';
import {
  RunFailure,
  type ChildSnapshot,
  type ExplainOrder,
  type ExplainRun,
  type PlanOrder,
  type ProbedModel,
  type Runner,
  type RunOptions,
} from '#runner';

/** Runs toy explainers in this process, without a model. */
export class ToyRunner implements Runner {
  readonly planned: ExplainOrder[] = [];

  constructor(private readonly explainers: readonly Explainer[]) {}

  async explain(order: ExplainOrder): Promise<ExplainRun> {
    const output = await this.find(order.method).explain(order.request, {
      model: new NoModel(order.model.description),
      cancellation: { aborted: false },
      report: () => undefined,
    });
    const environment = { node: process.version } as unknown as ExplainRun['environment'];
    return { output, wallMs: 12, modelMs: 7, cpuMs: 9, peakRssBytes: 1, environment };
  }

  async plan(order: PlanOrder, _options: RunOptions): Promise<Plan> {
    if ('sample' in order) throw new RangeError('a toy reads no data set');
    this.planned.push(order);
    const { failPlan } = order.request.params as { failPlan?: string };
    const code = problemCodes.find((one) => one === failPlan);
    if (code !== undefined) throw new RunFailure({ code, detail: 'the plan was told to fail', pointer: '/input' });
    if (failPlan !== undefined)
      throw new Error(
        `Load model from /srv/models/x.onnx failed\n    at Session.run (/srv/node_modules/onnxruntime-node/dist/backend.js:12:3)`,
      );
    return this.find(order.method).plan(order.request, new NoModel(order.model.description));
  }

  probe(): Promise<ProbedModel> {
    return Promise.reject(new RunFailure({ code: 'MODEL_FILE_INVALID', detail: 'there is no model' }));
  }

  explainPart(): Promise<never> {
    return Promise.reject(new RangeError('a toy reads no data set'));
  }

  mergeParts(): Promise<never> {
    return this.explainPart();
  }

  concludeParts(): Promise<never> {
    return this.explainPart();
  }

  children(): readonly ChildSnapshot[] {
    return [];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private find(method: string): LocalExplainer {
    const found = this.explainers.find((one) => one.method === method);
    if (found === undefined || found.reads === 'dataset') throw new RunFailure({ code: 'METHOD_UNKNOWN', detail: `no method ${method}` });
    return found;
  }
}

class NoModel extends TextModel {
  override readonly outputs = 2;
  override readonly modelRows = 0;
  override readonly maskTokenId = null;

  constructor(override readonly description: ModelDescription) {
    super();
  }

  override encode(): never {
    throw new RangeError('a toy has no tokenizer');
  }

  override predict(): never {
    throw new RangeError('a toy has no graph');
  }
}
