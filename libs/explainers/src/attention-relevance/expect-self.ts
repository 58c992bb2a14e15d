import { ExplainProblem } from '../contract/explain-problem.js';
import type { LayerGradients } from '../contract/differentiable.js';

/** @throws ExplainProblem METHOD_NOT_APPLICABLE for layers between other tokens than the first one's */
export function expectSelf(layers: readonly LayerGradients[], tokens: number): void {
  const odd = layers.find(({ kind, queries, keys }) => kind === 'cross' || queries !== tokens || keys !== tokens);
  if (odd === undefined) return;
  const detail = `layer ${odd.layer} (${odd.operator} ${odd.node}) goes from ${odd.queries} tokens to ${odd.keys}, and relevance needs the same ones in every layer`;
  throw new ExplainProblem('METHOD_NOT_APPLICABLE', detail, null, 'Use the method attention, which shows every layer by itself.');
}
