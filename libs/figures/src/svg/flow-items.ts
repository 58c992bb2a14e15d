/** Something of a legend: as wide as it says, drawn from its upper left corner. */
export interface FlowItem {
  readonly label: string;
  readonly width: number;
  readonly draw: (x: number, y: number) => string;
}

const GAP = 18;
export const FLOW_LINE = 20;

/** Items one after the other, on as many lines as they need. */
export function flowItems(
  items: readonly FlowItem[],
  left: number,
  top: number,
  width: number,
): { readonly body: string; readonly height: number } {
  let x = left;
  let y = top;
  let body = '';
  for (const item of items) {
    if (x > left && x + item.width > left + width) {
      x = left;
      y += FLOW_LINE;
    }
    body += item.draw(x, y);
    x += item.width + GAP;
  }
  return { body, height: items.length === 0 ? 0 : y - top + FLOW_LINE };
}
