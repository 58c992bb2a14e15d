import { nameUnit, type FigureMeasure, type FigureTarget } from '#figures';
import type { ExplanationAnswer } from './explanation-answer.js';

/** Slopes say what moves a score; other numbers what it draws on. */
export interface Measure extends FigureMeasure {
  readonly isSlope: boolean;
}

/** What the attributions of an explanation are, where they are no parts of the score: by its method and what the gradient was reduced to. */
export function describeMeasure(
  { method, params }: Pick<ExplanationAnswer, 'method' | 'params'>,
  target: FigureTarget,
): Measure | undefined {
  const unit = nameUnit(target);
  switch (method) {
    case 'saliency':
    case 'smooth-grad':
      return measureReduction(params['reduce'], `${unit} per unit of ${isOfColumns({ params }) ? 'its column' : 'the input'}`);
    case 'grad-cam':
      return { unit: 'Grad-CAM, cut at 0: no part of the score', isSigned: false, isSlope: false };
    case 'attention-relevance':
      return { unit: 'relevance, which has no unit', isSigned: false, isSlope: false };
    case 'head-importance':
      return { unit: `${unit} per unit of the head’s gate`, isSigned: true, isSlope: true };
    default:
      return undefined;
  }
}

/** Whether the numbers are of columns, each of which has a unit of its own. */
export function isOfColumns({ params }: Pick<ExplanationAnswer, 'params'>): boolean {
  return params['players'] === 'columns';
}

function measureReduction(reduction: unknown, slope: string): Measure | undefined {
  if (reduction === 'l2') return { unit: `${slope}: the length of the gradient`, isSigned: false, isSlope: true };
  if (reduction === 'max-abs') return { unit: `${slope}: the largest size of the gradient`, isSigned: false, isSlope: true };
  if (reduction === 'sum') return { unit: slope, isSigned: true, isSlope: true };
  return undefined;
}
