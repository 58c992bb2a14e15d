import { ExplainProblem } from '../contract/explain-problem.js';
import type { ModelDescription } from '../contract/model-description.js';

/**
 * Whether a kind of input has a baseline: what needs no tokenizer and no graph.
 *
 * @throws ExplainProblem PARAM_INVALID or BACKGROUND_MISSING
 */
export function checkBaseline(choice: string | null, { task, maskToken, backgroundRows }: ModelDescription): void {
  const [what, known] = baselinesOf(task);
  if (choice !== null && !known.includes(choice)) {
    const remedy = `Use one of: ${known.join(', ')}.`;
    throw new ExplainProblem('PARAM_INVALID', `${what} has no baseline ${choice}`, '/params/baseline', remedy);
  }
  const kind = choice ?? known[0];
  if (kind === 'mask' && maskToken === null) {
    const remedy = 'Use pad or zero.';
    throw new ExplainProblem('PARAM_INVALID', 'the tokenizer of this model has no mask token', '/params/baseline', remedy);
  }
  if (kind !== 'background-mean' || backgroundRows > 0) return;
  const remedy = 'Register the model with a background.csv, or use the baseline zero.';
  throw new ExplainProblem('BACKGROUND_MISSING', 'the model has no background rows of its own', '/params/baseline', remedy);
}

/** The default first. */
function baselinesOf(task: ModelDescription['task']): readonly [string, readonly string[]] {
  if (task.startsWith('image-')) return ['a picture', ['black', 'grey', 'white']];
  return task.startsWith('tabular-') ? ['a row', ['background-mean', 'zero']] : ['a text', ['pad', 'mask', 'zero']];
}
