import { MOST_ROWS } from './cut-rows.js';
import type { AttributionSlice } from '../attribution-slice.js';
import { nameMeasure, nameTarget } from '../name-target.js';
import type { Figure } from '../svg/figure.js';
import { formatScore } from '../text/format-number.js';
import { drawScoreLine } from './draw-score-line.js';
import { drawSignedBars } from './draw-signed-bars.js';
import { rankBars } from './rank-bars.js';

/**
 * The attributions of one target as bars to both sides of 0, largest first, with whiskers for their 95 % intervals, below the
 * line that leads from the base to the score.
 *
 * @param width of the figure in pixels; below about 550 the labels stand over the bars
 * @param most bars; the rest is one line with its sum
 */
export function drawAttributionBars(slice: AttributionSlice, width: number, most = MOST_ROWS): Figure {
  const { target } = slice;
  const { baseScore } = target;
  const isSigned = slice.measure?.isSigned ?? true;
  const ranked = rankBars(slice, most);
  const bars = {
    ...ranked,
    // A size is never below 0, so that 0 is no case of doubt.
    bars: isSigned ? ranked.bars : ranked.bars.map((bar) => ({ ...bar, doubtful: false })),
    title: `${nameTarget(target)}: ${formatScore(target.score, target.space)}`,
    intro: baseScore === null ? 'These numbers add up to nothing.' : `From a base of ${formatScore(baseScore, target.space)}.`,
    unit: nameMeasure(slice),
    isSigned,
    confidence: '95 %',
    drawAbove: (x: number, y: number, inner: number) =>
      baseScore === null ? { body: '', height: 0 } : drawScoreLine({ ...target, baseScore }, x, y, inner),
  };
  return drawSignedBars(bars, width);
}
