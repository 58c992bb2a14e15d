import {
  columnFormat,
  drawAttributionBars,
  escapeXml,
  nameTarget,
  renderHighlightedText,
  type AttributionSlice,
  type TextSlice,
} from '#figures';
import { describeMeasure, isOfColumns, type Measure } from '../describe-measure.js';
import type { ExplanationAnswer } from '../explanation-answer.js';
import { isTextSlice, leaveOutReadToken } from '../slice-target.js';
import { describeQuality } from './describe-quality.js';
import { renderExplained, renderReadToken } from './render-explained.js';
import { writeNumber } from './write-number.js';
import { renderFigure } from './render-figure.js';
import { renderAttributionTable } from './render-attribution-table.js';

/**
 * One target: its figures, how far they can be trusted, and every number.
 *
 * @param picture HTML of a map over the picture that was explained
 */
export function renderTarget(explanation: ExplanationAnswer, slice: AttributionSlice | TextSlice, index: number, picture = ''): string {
  const { target } = slice;
  const score = columnFormat(Math.abs(target.score) / 1000, '-');
  const shown = leaveOutReadToken(explanation, slice, index);
  const words = isTextSlice(shown) ? renderHighlightedText(shown) : '';
  const base = explanation.quality.fidelity === null ? 'base (every feature absent)' : 'base (intercept of the surrogate)';
  const measure = describeMeasure(explanation, target);
  const units = measure?.isSlope === true && isOfColumns(explanation) ? `\n${OWN_UNITS}` : '';
  return `<h2>${titleOf(measure)} <bdi>${escapeXml(nameTarget(target))}</bdi></h2>
${renderExplained(explanation, index)}
${picture}
${words}
${renderReadToken(explanation, index)}
${renderFigure((width) => drawAttributionBars(shown, width))}${units}
<p><strong>Quality</strong> ${describeQuality(explanation, slice, index).map(escapeXml).join(' · ')}</p>
<h3>Every number</h3>
<p>Score ${writeNumber(target.score, score)}${target.baseScore === null ? '' : `, ${base} ${writeNumber(target.baseScore, score)}`}${target.completenessGap === null ? '' : `, completeness gap ${writeNumber(target.completenessGap, tellGap)}`}.</p>
${renderAttributionTable(slice, shown.attributions)}`;
}

const OWN_UNITS =
  '<p class="quiet">Each number is per unit of its column: columns of other units cannot be compared, and a column of large numbers has a short bar. The parameter <code>reduce</code> as <code>input-x-gradient</code> gives numbers in the unit of the score.</p>';

function titleOf(measure: Measure | undefined): string {
  if (measure === undefined) return 'What speaks for and against';
  return measure.isSlope ? 'What moves the score of' : 'What the score draws on:';
}

function tellGap(gap: number): string {
  return gap === 0 ? '0' : gap.toExponential(1).replace('-', '−');
}
