import {
  drawAttentionMatrix,
  drawAttributionBars,
  drawBeeswarm,
  drawHighlightedText,
  drawImportance,
  drawWordImportance,
  svgDocument,
  type Figure,
  type Theme,
} from '#figures';
import { ProblemError } from '#platform';
import { TELLING } from './attention/choose-telling-head.js';
import { layOutAttention } from './attention/draw-attention.js';
import type { TellingAttention, TellingPart } from './attention/read-telling-attention.js';
import type { ExplanationAnswer } from './explanation-answer.js';
import { readImportance, sliceColumns, sliceWords } from './read-importance.js';
import { sliceRollout } from './slice-rollout.js';
import { isTextSlice, leaveOutReadToken, sliceTarget } from './slice-target.js';

/** Figures that can be asked for on their own. */
export const figureNames = ['text', 'bars', 'importance', 'beeswarm', 'words', 'rollout', 'matrix', 'arcs'] as const;
export type FigureName = (typeof figureNames)[number];

const WIDTH = 720;

export interface FigureChoice {
  readonly target: number;
  readonly theme: Theme;
  /** Undefined: the first that the explanation has. */
  readonly figure: FigureName | undefined;
  /** Of the method attention; null for others. */
  readonly attention: TellingAttention | null;
}

/**
 * One figure of an explanation as an SVG file.
 *
 * @throws ProblemError FILTER_INVALID for a target that is not there, and for a figure that the explanation has nothing for
 */
export function drawExplanation(explanation: ExplanationAnswer, choice: FigureChoice): string {
  const figures = listFigures(explanation, choice);
  const [first] = Object.keys(figures);
  if (first === undefined) throw noFigure(explanation, choice);
  const name = choice.figure ?? first;
  const draw = Object.entries(figures).find(([one]) => one === name)?.[1];
  if (draw !== undefined) return svgDocument(draw(), choice.theme);
  throw new ProblemError('FILTER_INVALID', {
    detail: `the explanation has no figure ${name}; it has ${Object.keys(figures).join(', ')}`,
    remedy: 'Ask for one of these, or leave figure out.',
  });
}

/** What can be drawn of one target, the most telling first. */
function listFigures(
  explanation: ExplanationAnswer,
  { target: index, attention }: FigureChoice,
): Partial<Record<FigureName, () => Figure>> {
  if (attention !== null && 'part' in attention && index === 0) return listHeadFigures(explanation, attention);
  const rollout = sliceRollout(explanation);
  if (rollout !== null && index === 0) return { rollout: () => drawAttentionMatrix(rollout, WIDTH) };
  const importance = readImportance(explanation);
  if (importance !== null) {
    const columns = sliceColumns(explanation, importance, index);
    const words = sliceWords(explanation, importance, index);
    return {
      ...(columns === null ? {} : { importance: () => drawImportance(columns, WIDTH) }),
      ...(columns === null || columns.sample.length === 0 ? {} : { beeswarm: () => drawBeeswarm(columns, WIDTH) }),
      ...(words === null ? {} : { words: () => drawWordImportance(words, WIDTH) }),
    };
  }
  const whole = sliceTarget(explanation, index);
  if (whole === null) return {};
  const slice = leaveOutReadToken(explanation, whole, index);
  return {
    ...(isTextSlice(slice) ? { text: () => drawHighlightedText(slice, WIDTH) } : {}),
    bars: () => drawAttributionBars(slice, WIDTH),
  };
}

/** One row is read best as arcs, a map as a matrix. */
function listHeadFigures({ model }: ExplanationAnswer, { part, maxAbsError }: TellingPart) {
  const draw = (figure: 'matrix' | 'arcs') => () => layOutAttention(part, { model: model.name, figure, maxAbsError, why: TELLING }, WIDTH);
  const [matrix, arcs] = [draw('matrix'), draw('arcs')];
  return part.isGenerated ? { arcs, matrix } : { matrix, arcs };
}

function noFigure(explanation: ExplanationAnswer, { target, attention }: FigureChoice): ProblemError {
  if (explanation.targets.length > 0 || target > 0) return noTarget(explanation, target);
  return new ProblemError('FILTER_INVALID', {
    detail: `an explanation by ${explanation.method} has no picture of its own${attention !== null && 'missing' in attention ? `: ${attention.missing}` : ''}`,
    remedy: `Ask /v1/explanations/${explanation.id}/attention for the picture of a layer or a head, with format=svg; of scores for the numbers.`,
  });
}

export function noTarget({ targets }: ExplanationAnswer, index: number): ProblemError {
  return new ProblemError('FILTER_INVALID', {
    detail: `target is ${index}; the explanation has ${targets.length}, numbered from 0`,
    remedy: 'Leave target out for the first one.',
  });
}
