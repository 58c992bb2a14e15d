import {
  defineExplainer,
  ExplainProblem,
  explainProblemCodes,
  TextModel,
  type ExplainerOutput,
  type ExplainRequest,
  type Explainer,
  type Feature,
} from '#explainers';
import { z } from 'zod';

const params = z.strictObject({
  players: z.enum(['words', 'columns']).default('words').meta({ description: 'What is switched off.' }),
  budget: z.int().min(1).max(1_000_000).default(64).meta({ description: 'Evaluations allowed.' }),
  failCheck: z.enum(explainProblemCodes).optional().meta({ description: 'Makes the check fail with this code.' }),
  failPlan: z.string().optional().meta({ description: 'Makes the plan fail with this code.' }),
});

type Params = z.output<typeof params>;

/** A method with attributions that anyone can compute: the i-th player gets (-1)^i (i + 1) / 10. */
function toyExplainer(method: string): Explainer {
  return defineExplainer<Params>({
    method,
    family: 'shap',
    tasks: ['text-classification', 'tabular-classification'],
    about: `Made up for tests; ${method} explains nothing.`,
    params,
    result: null,
    check(request) {
      if (request.params.failCheck !== undefined)
        throw new ExplainProblem(request.params.failCheck, 'the check was told to fail', '/params/failCheck', null);
    },
    plan: (request) =>
      Promise.resolve({
        features: players(request),
        estimatedEvaluations: request.params.budget,
        estimatedModelRows: request.params.budget,
        warnings: [{ code: 'TOY', message: 'Nothing is explained.' }],
      }),
    explain: (request, context) => Promise.resolve(explain(request, context.model instanceof TextModel)),
  });
}

export const toyExplainers: readonly Explainer[] = [toyExplainer('toy-shap'), toyExplainer('toy-sampling')];

function players(request: ExplainRequest<Params>): Feature[] {
  if ('features' in request.input) return Object.entries(request.input.features).map(([name, value]) => ({ name, value }));
  if ('image' in request.input) return [];
  const text = 'text' in request.input ? request.input.text : request.input.prompt;
  return [...text.matchAll(/\S+/g)].map((match, index) => ({
    text: match[0],
    span: [match.index, match.index + match[0].length] as const,
    tokens: [index + 1],
  }));
}

function explain(request: ExplainRequest<Params>, withTensor: boolean): ExplainerOutput {
  const features = players(request);
  const attributions = features.map((_feature, index) => ((-1) ** index * (index + 1)) / 10);
  const sum = attributions.reduce((total, one) => total + one, 0);
  return {
    prediction: [
      { label: 'negative', probability: 0.25 },
      { label: 'positive', probability: 0.75 },
    ],
    features,
    targets: [{ class: 'positive', index: 1, space: 'probability', score: 0.75, baseScore: 0.75 - sum, completenessGap: 0 }],
    attributions: [attributions],
    standardErrors: [attributions.map((one) => Math.abs(one) / 100)],
    evaluations: request.params.budget,
    modelRows: request.params.budget,
    budget: request.params.budget,
    estimated: true,
    truncated: false,
    unexplained: [],
    baseline: { masker: 'delete' },
    quality: { fidelity: null },
    warnings: [{ code: 'TOY', message: 'Nothing is explained.' }],
    ...(withTensor
      ? { tensors: [{ name: 'interactions', shape: [2, 2], dtype: 'f32', data: Float32Array.of(1, 0.5, -0.25, 3), maxAbsError: 0 }] }
      : {}),
  };
}
