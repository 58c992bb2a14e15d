/** What a model is for; the word a manifest uses. */
export const tasks = [
  'text-classification',
  'text-regression',
  'feature-extraction',
  'fill-mask',
  'causal-lm',
  'text2text-generation',
  'tabular-classification',
  'tabular-regression',
  'image-classification',
] as const;

export type Task = (typeof tasks)[number];

/** A model of a kind, as a sentence names it. */
export function nameModelOf(task: Task): string {
  return `${/^[aeiou]/.test(task) ? 'an' : 'a'} ${task} model`;
}

/** Worker families; each is served by one worker app. */
export const families = ['shap', 'lime', 'global', 'attention', 'gradient'] as const;

export type Family = (typeof families)[number];
