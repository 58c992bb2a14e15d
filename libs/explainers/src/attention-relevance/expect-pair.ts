import type { PairTokens } from '#attribution';
import type { LayerGradients } from '../contract/differentiable.js';
import { ExplainProblem } from '../contract/explain-problem.js';

const remedy = 'Use the method attention, which shows every layer by itself.';

/** @throws ExplainProblem METHOD_NOT_APPLICABLE for layers between other tokens than the model reads, and where a kind of layers is missing */
export function expectPair(layers: readonly LayerGradients[], { source, output }: PairTokens): void {
  for (const { kind, layer, operator, node, queries, keys } of layers) {
    const expected = { queries: kind === 'self' ? source : output, keys: kind === 'causal-self' ? output : source };
    if (queries === expected.queries && keys === expected.keys) continue;
    const detail =
      `${kind} layer ${layer} (${operator} ${node}) goes from ${queries} tokens to ${keys}, and relevance needs ` +
      `${expected.queries} and ${expected.keys} there`;
    throw new ExplainProblem('METHOD_NOT_APPLICABLE', detail, null, remedy);
  }
  const missing = (['self', 'causal-self', 'cross'] as const).find((kind) => !layers.some((layer) => layer.kind === kind));
  if (missing === undefined) return;
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', `no ${missing} layer was found, and nothing carries relevance there`, null, remedy);
}
