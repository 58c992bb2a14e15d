import { defineExplainer, type ExplainerOutput } from '#explainers';
import { z } from 'zod';

/** A method that explains nothing, at once: what is left of a job's time is the platform's own. */
export const noOp = defineExplainer<Readonly<Record<string, never>>>({
  method: 'no-op',
  family: 'shap',
  tasks: ['tabular-classification'],
  about: 'Explains nothing. For measuring what a job costs besides its explanation.',
  params: z.strictObject({}),
  result: null,
  check: () => undefined,
  plan: () => Promise.resolve({ features: [], estimatedEvaluations: 0, estimatedModelRows: 0, warnings: [] }),
  explain: () => Promise.resolve(nothing),
});

const nothing: ExplainerOutput = {
  prediction: [{ label: 'none', probability: 1 }],
  features: [{ name: 'none', value: 0 }],
  targets: [{ class: 'none', index: 0, space: 'probability', score: 1, baseScore: 1, completenessGap: 0 }],
  attributions: [[0]],
  standardErrors: null,
  evaluations: 0,
  modelRows: 0,
  budget: 0,
  estimated: false,
  truncated: false,
  unexplained: [],
  baseline: { masker: 'none' },
  quality: { fidelity: null },
  warnings: [],
};
