import { z } from 'zod';
import { defineExplainer, TabularModel, TextModel, type ExplainContext, type ExplainerOutput, type ExplainRequest } from '#explainers';

const params = z.strictObject({
  /** Predictions to ask for, one after the other. */
  repeats: z.number(),
});

/** Explains nothing: asks the model for its answer and shows it, so that a test sees what a real model does to a child. */
export const askExplainer = defineExplainer({
  method: 'ask',
  family: 'shap',
  tasks: ['text-classification', 'text-regression', 'tabular-classification', 'tabular-regression'],
  about: 'A method for tests of the runner.',
  params,
  result: null,
  check: () => undefined,
  plan: async () => Promise.resolve({ features: [], estimatedEvaluations: 1, estimatedModelRows: 1, warnings: [] }),
  explain: async (request, context): Promise<ExplainerOutput> => {
    let scores = new Float64Array();
    for (let done = 0; done < request.params.repeats; done++) {
      context.report({ done, total: request.params.repeats, phase: 'asking' });
      scores = await ask(request, context);
    }
    return {
      prediction: Array.from(scores, (value) => ({ value })),
      features: [],
      targets: [],
      attributions: [],
      standardErrors: null,
      evaluations: request.params.repeats,
      modelRows: context.model.modelRows,
      budget: request.params.repeats,
      estimated: false,
      truncated: false,
      unexplained: [],
      baseline: {},
      quality: { fidelity: null },
      warnings: [],
    };
  },
});

async function ask({ input }: ExplainRequest<unknown>, { model }: ExplainContext): Promise<Float64Array<ArrayBuffer>> {
  if (model instanceof TextModel) return Float64Array.from(await model.predict([model.encode('text' in input ? input.text : '').ids]));
  const { features } = model.description;
  const cells = Float64Array.from(features, ({ name, categories }) => {
    const value = 'features' in input ? input.features[name] : undefined;
    return typeof value === 'string' ? (categories ?? []).indexOf(value) : Number(value);
  });
  if (!(model instanceof TabularModel)) throw new TypeError('neither a text nor a tabular model');
  return Float64Array.from(await model.predict({ rows: 1, columns: features.length, cells }));
}
