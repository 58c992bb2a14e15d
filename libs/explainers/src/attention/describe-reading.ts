import type { ExplainerOutput, Feature } from '../contract/explanation.js';

/** Everything of what a language model read but its attention: no score is explained, so that there are no targets and no attributions. */
export function describeReading(
  features: readonly Feature[],
  counted: Pick<ExplainerOutput, 'evaluations' | 'modelRows' | 'budget'>,
): ExplainerOutput {
  return {
    ...counted,
    prediction: [],
    features,
    targets: [],
    attributions: [],
    standardErrors: null,
    estimated: false,
    truncated: false,
    unexplained: [],
    baseline: {},
    quality: { fidelity: null },
    warnings: [],
  };
}
