import { VALUE_STEPS } from '../colour/palette.js';
import { element } from '../svg/element.js';
import type { FlowItem } from '../svg/flow-items.js';
import { noteItem, sampleItem } from '../svg/legend-items.js';
import { columnFormat, formatScore } from '../text/format-number.js';
import type { ChosenLinks } from './choose-links.js';

/**
 * What width and shade of a link mean, and what is left out.
 *
 * @param full weight of a link in full width
 */
export function listLinkItems(chosen: ChosenLinks, full: number): readonly FlowItem[] {
  const scale = sampleItem(`weight up to ${columnFormat(full, '-')(full)}, the stronger the wider`, drawSteps);
  return [...(chosen.links.length > 0 ? [scale] : []), ...tellOmitted(chosen).map(noteItem)];
}

/** The rule by which links are left out, how many they are and how much of the weight they have. */
export function tellOmitted({ least, most, omitted }: ChosenLinks): readonly string[] {
  const { count, share } = omitted;
  if (count === 0) return ['every link above 0 is drawn'];
  const links = `${count.toLocaleString('en')} ${count === 1 ? 'link' : 'links'}`;
  return [
    `left out: below ${least}${most === null ? '' : `, or not of a query’s ${most} strongest`}`,
    `that is ${links}, ${formatScore(share, 'probability')} of the weight`,
  ];
}

function drawSteps(x: number, y: number): string {
  return Array.from({ length: VALUE_STEPS }, (_, step) =>
    element('path', { class: `v${step + 1}`, d: `M${x} ${y + 1 + step * 2.4}h24`, fill: 'none', 'stroke-width': 0.6 + step * 0.4 }),
  ).join('');
}
