import { explainers, type ExplainInput, type Model, type TargetRequest } from '#explainers';
import { runExplainer } from '#testing';
import type { Explain } from './exact-shap.js';

/** Runs requests, as they are sent over REST, on a model of this process. */
export function explainWith(model: Model): Explain {
  return async (body) => {
    const { method, input, target, targets, params, seed } = body as {
      readonly method: string;
      readonly input: ExplainInput;
      readonly target?: TargetRequest;
      readonly targets?: readonly TargetRequest[];
      readonly params?: unknown;
      readonly seed?: number;
    };
    const explainer = explainers.find((one) => one.method === method);
    if (explainer === undefined || explainer.reads === 'dataset') throw new Error(`there is no method ${method} that reads a row`);
    const asked = targets ?? (target === undefined ? [{}] : [target]);
    const { output } = await runExplainer(explainer, model, { input, targets: asked, params, ...(seed === undefined ? {} : { seed }) });
    return { ...output };
  };
}
