import { VALUE_STEPS } from '../colour/palette.js';
import { drawHeading } from '../svg/draw-heading.js';
import { element, textElement } from '../svg/element.js';
import type { Figure } from '../svg/figure.js';
import { flowItems } from '../svg/flow-items.js';
import { noteItem } from '../svg/legend-items.js';
import { escapeXml } from '../text/escape-xml.js';
import { FONT_SPREAD, measureText } from '../text/measure-text.js';
import { checkAttention, type AttentionSlice } from './attention-slice.js';
import { chooseLinks, type ChosenLinks, type Link } from './choose-links.js';
import { KEY_AXIS, nameQueryAxis } from './lay-out-matrix.js';
import { layOutColumns, type TokenColumn } from './lay-out-columns.js';
import { listErrorItems } from './list-weight-items.js';
import { listLinkItems, tellOmitted } from './list-link-items.js';
import { tellStrongest, tellWeights } from './tell-weight.js';

const MARGIN = 16;
const AXIS_SIZE = 11;
const GAP = 5;
const WIDEST = 7;
const THINNEST = 0.6;
/** Widest and darkest even where no link is so strong, so that evenly spread attention does not look strong. */
const STRONG = 0.25;
const FARTHEST = 480;

/**
 * The strongest links of each query as curves from the left column, the tokens that look, to the right one, what they look at;
 * the stronger, the wider and darker. What is left out is said with its count and its share of the weight.
 *
 * @param width of the figure in pixels; it grows downwards with the tokens
 * @throws RangeError as `checkAttention`
 */
export function drawAttentionArcs(slice: AttentionSlice, width: number): Figure {
  checkAttention(slice);
  const chosen = chooseLinks(slice);
  const full = Math.max(chosen.links.at(-1)?.weight ?? 0, STRONG);
  const inner = width - 2 * MARGIN;
  const heading = drawHeading(slice.title, MARGIN, MARGIN, inner);
  const legendTop = MARGIN + heading.height + 4;
  const columns = layOutColumns(slice, chosen.links, inner);
  const items = [...listLinkItems(chosen, full), ...listErrorItems(slice.maxAbsError), ...columns.notes.map(noteItem)];
  const legend = flowItems(items, MARGIN, legendTop, inner);
  const axisTop = legendTop + legend.height + 8;
  const left = MARGIN + columns.left.room;
  const right = Math.min(width - MARGIN - columns.right.room, left + FARTHEST);
  const axis = { class: 'q', y: axisTop + AXIS_SIZE, 'font-size': AXIS_SIZE };
  const names = [
    textElement(nameQueryAxis(slice), { ...axis, x: MARGIN }),
    textElement(KEY_AXIS, { ...axis, x: Math.min(right + GAP, width - MARGIN - measureText(KEY_AXIS, AXIS_SIZE) * FONT_SPREAD) }),
  ];
  const top = axisTop + AXIS_SIZE + 8;
  const tell = tellWeights(slice);
  const curve = (link: Link) =>
    drawLink(
      link.weight / full,
      tell(link.query, link.key),
      [left, top + (columns.left.middles.get(link.query) ?? 0)],
      [right, top + (columns.right.middles.get(link.key) ?? 0)],
    );
  return {
    ...{ width, height: top + columns.height + MARGIN, title: slice.title },
    description: describeLinks(slice, chosen),
    body: [
      ...[heading.body, legend.body, ...names, ...chosen.links.map(curve)],
      drawTokens(slice.queries, columns.left, { top, x: left - GAP, anchor: 'end' }),
      drawTokens(slice.keys, columns.right, { top, x: right + GAP, anchor: 'start' }),
    ].join(''),
  };
}

type Point = readonly [x: number, y: number];

/** @param strength 0 … 1 */
function drawLink(strength: number, tip: string, [x, y]: Point, [endX, endY]: Point): string {
  const bend = ((x + endX) / 2).toFixed(1);
  return element(
    'path',
    {
      class: `v${Math.max(Math.ceil(strength * VALUE_STEPS), 1)}`,
      d: `M${x.toFixed(1)} ${y.toFixed(1)}C${bend} ${y.toFixed(1)} ${bend} ${endY.toFixed(1)} ${endX.toFixed(1)} ${endY.toFixed(1)}`,
      ...{ fill: 'none', 'stroke-width': Math.max(strength * WIDEST, THINNEST) },
    },
    element('title', {}, escapeXml(tip)),
  );
}

function drawTokens(
  tokens: readonly string[],
  { labels, middles, size }: TokenColumn,
  { top, x, anchor }: { readonly top: number; readonly x: number; readonly anchor: 'start' | 'end' },
): string {
  return labels
    .map(({ index, text, isLinked }) => {
      const place = { x, y: top + (middles.get(index) ?? 0) + size * 0.35, 'font-size': size, 'text-anchor': anchor };
      return textElement(text, { class: isLinked ? 't' : 'q', ...place }, text.includes('…') ? tokens[index] : undefined);
    })
    .join('');
}

function describeLinks(slice: AttentionSlice, chosen: ChosenLinks): string {
  const { queries, keys } = slice;
  const counted = `${chosen.links.length} links from ${queries.length} tokens that ${slice.isChosen === true ? 'were chosen' : 'look'} to ${keys.length} they look at.`;
  return `${counted} ${tellStrongest(slice)} ${tellOmitted(chosen).join('; ')}.`;
}
