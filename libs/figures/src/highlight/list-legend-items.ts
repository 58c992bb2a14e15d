import { hueLetters } from '../colour/figure-style.js';
import { SHADES } from '../colour/palette.js';
import { columnFormat } from '../text/format-number.js';
import { element } from '../svg/element.js';
import type { FlowItem } from '../svg/flow-items.js';
import { doubtfulItem, noteItem, writeLabel } from '../svg/legend-items.js';
import { FONT_SPREAD, measureText } from '../text/measure-text.js';
import type { TextSlice } from '../attribution-slice.js';
import { nameMeasure } from '../name-target.js';
import type { MarkedText } from './mark-text.js';

const SIZE = 12;
const CELL = 4;
const BAR = 12;

/** What the colours mean: the scale with its two ends, and a sample of each other mark that occurs. */
export function listLegendItems(marked: MarkedText, slice: TextSlice): readonly FlowItem[] {
  const isSigned = slice.measure?.isSigned ?? true;
  const format = columnFormat(marked.largest, isSigned ? '+' : '-');
  return [
    ...(isSigned ? [scale('against', `against ${format(-marked.largest)}`)] : []),
    scale('toward', isSigned ? `toward ${format(marked.largest)}` : format(marked.largest)),
    noteItem(`in ${nameMeasure(slice)}, evenly from 0`),
    ...(marked.doubtful > 0 ? [doubtfulItem('not distinguishable from 0 (95 %)')] : []),
    ...(slice.unexplained.length > 0 ? [noteItem('grey: not seen by the model')] : []),
  ];
}

/** From weak to strong, read outwards from 0. */
function scale(hue: 'toward' | 'against', label: string): FlowItem {
  const letter = hueLetters[hue];
  const length = SHADES * CELL;
  const labelWidth = measureText(label, SIZE) * FONT_SPREAD + 6;
  return {
    label,
    width: length + labelWidth,
    draw(x, y) {
      const left = hue === 'against' ? x + labelWidth : x;
      const cells = Array.from({ length: SHADES }, (_, index) => {
        const shade = hue === 'against' ? SHADES - index : index + 1;
        return element('rect', {
          class: `${letter}${shade}`,
          x: left + index * CELL,
          y: y + 2,
          width: CELL,
          height: BAR,
          'shape-rendering': 'crispEdges',
        });
      });
      const rule = element('rect', { class: `${letter}s`, x: left, y: hue === 'toward' ? y + 2 : y + BAR, width: length, height: 2 });
      return cells.join('') + rule + writeLabel(label, hue === 'against' ? x : x + length + 6, y);
    },
  };
}
