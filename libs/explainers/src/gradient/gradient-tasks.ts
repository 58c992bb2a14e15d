import type { Task } from '../contract/task.js';

/** Kinds of models whose input has a gradient. */
export const gradientTasks: readonly Task[] = [
  'text-classification',
  'text-regression',
  'causal-lm',
  'tabular-classification',
  'tabular-regression',
  'image-classification',
];
