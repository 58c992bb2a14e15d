import type { Cancellation, ExplainerOutput, ExplainInput, LocalExplainer, Model, Progress, TargetRequest } from '#explainers';

/** A request for a toy run; parameters as a caller would send them. */
export interface ToyRequest {
  readonly input: ExplainInput;
  readonly params?: unknown;
  readonly targets?: readonly TargetRequest[];
  readonly seed?: number;
}

export interface ToyRun {
  readonly output: ExplainerOutput;
  readonly progress: readonly Progress[];
}

/** Sends a request the whole way: defaults filled in by the schema, check, explain. */
export async function runExplainer(
  explainer: LocalExplainer,
  model: Model,
  { input, params = {}, targets = [{}], seed = 1 }: ToyRequest,
  cancellation: Cancellation = { aborted: false },
): Promise<ToyRun> {
  const request = {
    input,
    targets,
    targetPointers: targets.map((_, index) => `/targets/${index}`),
    params: explainer.params.parse(params),
    seed,
  };
  explainer.check(request, model.description);
  const progress: Progress[] = [];
  const output = await explainer.explain(request, { model, cancellation, report: (step) => progress.push(step) });
  return { output, progress };
}
