import { SHADES } from '../colour/palette.js';
import { element } from '../svg/element.js';
import type { FlowItem } from '../svg/flow-items.js';
import { noteItem, writeLabel } from '../svg/legend-items.js';
import { columnFormat } from '../text/format-number.js';
import { FONT_SPREAD, measureText } from '../text/measure-text.js';

const SIZE = 12;
const STEP = 6;
const BAR = 12;
const GAP = 6;

/** What the shades mean: the scale from 0 to the largest weight, its steps, and what is left blank. */
export function listWeightItems(largest: number, hasBlanks: boolean): readonly FlowItem[] {
  const step = columnFormat(largest / SHADES, '-')(largest / SHADES);
  return [scaleItem(largest), noteItem(`${SHADES} even steps of ${step}`), ...(hasBlanks ? [noteItem('blank: 0')] : [])];
}

/** How far the numbers may be off, where they are. */
export function listErrorItems(maxAbsError: number): readonly FlowItem[] {
  return maxAbsError === 0 ? [] : [noteItem(`stored to within ± ${maxAbsError.toPrecision(2)}`)];
}

function scaleItem(largest: number): FlowItem {
  const label = columnFormat(largest, '-')(largest);
  const start = measureText('0', SIZE) * FONT_SPREAD + GAP;
  const length = SHADES * STEP;
  return {
    label: `weight from 0 to ${label}`,
    width: start + length + GAP + measureText(label, SIZE) * FONT_SPREAD,
    draw(x, y) {
      const steps = Array.from({ length: SHADES }, (_, index) =>
        element('rect', {
          ...{ class: `a${index + 1}`, x: x + start + index * STEP, y: y + 2, width: STEP, height: BAR },
          'shape-rendering': 'crispEdges',
        }),
      );
      return writeLabel('0', x, y) + steps.join('') + writeLabel(label, x + start + length + GAP, y);
    },
  };
}
