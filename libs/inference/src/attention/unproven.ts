import { ExplainProblem } from '#explainers';
import type { AttentionLayer } from '#graph';

/** @param what follows "its tensor" */
export function unproven({ operator, node }: Pick<AttentionLayer, 'operator' | 'node'>, what: string): ExplainProblem {
  return new ExplainProblem(
    'ATTENTION_UNPROVEN',
    `the ${operator} of node ${JSON.stringify(node)} was taken for attention, but its tensor ${what}`,
  );
}
