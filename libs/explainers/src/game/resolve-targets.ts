import { scoreSpaces, type ScoredTarget } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest, TargetRequest } from '../contract/explainer.js';
import type { TargetSpace } from '../contract/explanation.js';
import type { ModelDescription, OutputKind } from '../contract/model-description.js';
import { nameChoices, quote } from './name-choices.js';

/** A target after resolution: its names for people beside the numbers that scoring needs. */
export interface ResolvedTarget extends ScoredTarget {
  readonly space: TargetSpace;
  /** Class name; null for a regression. */
  readonly class: string | null;
}

/**
 * Finds what each target of a request means for a model.
 *
 * @param predicted index of the class the model predicts; before the model was asked any class will do, since
 *   nothing that can be wrong with a target depends on it
 * @throws ExplainProblem CLASS_UNKNOWN, TARGET_SPACE_UNSUPPORTED, PARAM_INVALID with the pointer of the target
 */
export function resolveTargets(
  request: Pick<ExplainRequest<unknown>, 'targets' | 'targetPointers'>,
  description: ModelDescription,
  predicted: number,
): readonly ResolvedTarget[] {
  return request.targets.map((target, position) => {
    const pointer = request.targetPointers?.[position] ?? `/targets/${position}`;
    refuseTokens(target, pointer);
    return resolveTarget(target, description, predicted, pointer);
  });
}

/** What only a language model has. */
function refuseTokens(target: TargetRequest, pointer: string): void {
  const named = (['token', 'tokenId', 'position', 'generated'] as const).find((name) => target[name] !== undefined);
  if (named === undefined) return;
  const remedy = 'Name a class, or leave it out.';
  throw new ExplainProblem('PARAM_INVALID', `only a language model has a target by ${named}`, `${pointer}/${named}`, remedy);
}

function resolveTarget(target: TargetRequest, description: ModelDescription, predicted: number, pointer: string): ResolvedTarget {
  if (isRegression(description)) {
    refuseClass(target, pointer);
    return { space: findSpace(target, description, pointer), index: 0, against: null, class: null };
  }
  const [index, against] = findClasses(target, description, predicted, pointer);
  const space = findSpace(target, description, pointer);
  return { space, index, against, class: description.classes[index] ?? String(index) };
}

function refuseClass({ class: asked, contrast }: TargetRequest, pointer: string): void {
  if (asked === undefined && contrast === undefined) return;
  const named = asked === undefined ? 'a contrast' : `the class ${quote(asked)}`;
  const at = `${pointer}/${asked === undefined ? 'contrast' : 'class'}`;
  throw new ExplainProblem('CLASS_UNKNOWN', `a regression has no classes, ${named} was asked for`, at, 'Leave it out.');
}

function findClasses(
  { class: asked, contrast }: TargetRequest,
  { classes }: ModelDescription,
  predicted: number,
  pointer: string,
): readonly [index: number, against: number | null] {
  if (contrast === undefined) return [asked === undefined ? predicted : findClass(asked, classes, `${pointer}/class`), null];
  const index = findClass(contrast[0], classes, `${pointer}/contrast/0`);
  const against = findClass(contrast[1], classes, `${pointer}/contrast/1`);
  if (index !== against) return [index, against];
  throw new ExplainProblem(
    'PARAM_INVALID',
    `a contrast needs two classes, ${quote(contrast[0])} and ${quote(contrast[1])} are one`,
    `${pointer}/contrast`,
    `Classes: ${nameChoices('', classes)}.`,
  );
}

function findClass(asked: string | number, classes: readonly string[], pointer: string): number {
  const index = typeof asked === 'number' ? asked : classes.indexOf(asked);
  if (Number.isInteger(index) && index >= 0 && index < classes.length) return index;
  throw new ExplainProblem(
    'CLASS_UNKNOWN',
    `the model has no class ${quote(asked)}`,
    pointer,
    `Classes: ${nameChoices(String(asked), classes)}; or an index of 0 … ${classes.length - 1}.`,
  );
}

function findSpace(target: TargetRequest, description: ModelDescription, pointer: string): TargetSpace {
  const kind = outputKind(description);
  const isContrast = target.contrast !== undefined;
  const [standard, ...others] = scoreSpaces(kind, isContrast);
  const space = target.space === undefined ? standard : [standard, ...others].find((one) => one === target.space);
  if (space !== undefined) return space;
  const whose = `${isContrast ? 'a contrast of two classes' : 'a target'} of a model that answers with ${outputNames[kind]}`;
  throw new ExplainProblem(
    'TARGET_SPACE_UNSUPPORTED',
    `${whose} has no space ${quote(target.space ?? '')}`,
    `${pointer}/space`,
    `Supported: ${[standard, ...others].join(', ')}.`,
  );
}

/** What the explained output holds; the task decides where a regression's manifest says otherwise. */
export function outputKind(description: ModelDescription): OutputKind {
  return isRegression(description) ? 'value' : description.output.kind;
}

function isRegression({ task }: ModelDescription): boolean {
  return task === 'text-regression' || task === 'tabular-regression';
}

const outputNames: Readonly<Record<OutputKind, string>> = {
  logits: 'logits',
  probabilities: 'probabilities',
  value: 'a value',
  margin: 'margins',
};
