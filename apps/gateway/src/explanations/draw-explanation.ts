import { drawAttributionBars, drawHighlightedText, svgDocument, type Theme } from '#figures';
import { ProblemError } from '#platform';
import type { ExplanationAnswer } from './explanation-answer.js';
import { isTextSlice, sliceTarget } from './slice-target.js';

/** Figures that can be asked for on their own. */
export const figureNames = ['text', 'bars'] as const;
export type FigureName = (typeof figureNames)[number];

const WIDTH = 720;

export interface FigureChoice {
  readonly target: number;
  readonly theme: Theme;
  /** Undefined: the text of an explanation of a text, else bars. */
  readonly figure: FigureName | undefined;
}

/**
 * One figure of an explanation as an SVG file.
 *
 * @throws ProblemError FILTER_INVALID for a target that is not there, and for a figure that the explanation has nothing for
 */
export function drawExplanation(explanation: ExplanationAnswer, choice: FigureChoice): string {
  const slice = sliceTarget(explanation, choice.target);
  if (slice === null) throw noTarget(explanation, choice.target);
  const figure = choice.figure ?? (isTextSlice(slice) ? 'text' : 'bars');
  if (figure === 'bars') return svgDocument(drawAttributionBars(slice, WIDTH), choice.theme);
  if (isTextSlice(slice)) return svgDocument(drawHighlightedText(slice, WIDTH), choice.theme);
  throw new ProblemError('FILTER_INVALID', {
    detail: 'what was explained is no text, so there is no figure "text"',
    remedy: 'Ask for figure=bars, or leave it out.',
  });
}

export function noTarget({ targets }: ExplanationAnswer, index: number): ProblemError {
  return new ProblemError('FILTER_INVALID', {
    detail: `target is ${index}; the explanation has ${targets.length}, numbered from 0`,
    remedy: 'Leave target out for the first one.',
  });
}
