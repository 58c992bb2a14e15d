import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';
import type { ModelDescription } from '../contract/model-description.js';
import { nameModelOf, type Task } from '../contract/task.js';
import { checkPrompt } from '../attention/open-prompt.js';
import { takePrompt } from '../attention/take-prompt.js';
import { takeOutputInput } from './take-output-input.js';
import { quote } from '../game/name-choices.js';
import { resolveTargets } from '../game/resolve-targets.js';
import { takeImage, takeRow, takeText } from '../game/take-input.js';
import type { GradientParams, GradientPlayers } from './gradient-params.js';
import { checkTokenTarget } from './check-token-target.js';

/** Who gets a number, the default first. */
export function playersOf(task: Task): readonly [GradientPlayers, ...GradientPlayers[]] {
  if (task === 'causal-lm' || task === 'text2text-generation') return ['tokens'];
  if (task.startsWith('image-')) return ['cells'];
  return task.startsWith('text-') ? ['words', 'tokens'] : ['columns'];
}

/**
 * What can be wrong with a request and needs no tokenizer and no graph.
 *
 * @throws ExplainProblem INPUT_KIND_MISMATCH, TEXT_INVALID, PLAYERS_UNSUPPORTED, COLUMN_*, CLASS_UNKNOWN, TARGET_SPACE_UNSUPPORTED
 */
export function checkSubject(request: ExplainRequest<GradientParams>, description: ModelDescription): void {
  const { task } = description;
  const { players } = request.params;
  const known = playersOf(task);
  if (players !== null && !known.includes(players)) {
    const remedy = `Use one of: ${known.join(', ')}.`;
    throw new ExplainProblem('PLAYERS_UNSUPPORTED', `${nameModelOf(task)} has no players ${quote(players)}`, '/params/players', remedy);
  }
  if (task === 'causal-lm' || task === 'text2text-generation') {
    const prompt = task === 'causal-lm' ? takePrompt(request.input) : takeOutputInput(request.input);
    if (prompt === null) takeText(request.input);
    else checkPrompt(prompt);
    const following = prompt !== null && 'generate' in prompt ? prompt.generate.maxTokens : 0;
    request.targets.forEach((target, at) => checkTokenTarget(target, request.targetPointers?.[at] ?? `/targets/${at}`, following));
    return;
  }
  if (task.startsWith('text-')) takeText(request.input);
  else if (task.startsWith('image-')) takeImage(request.input);
  else takeRow(request.input, description);
  resolveTargets(request, description, 0);
}
