import { escapeXml } from '../text/escape-xml.js';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/**
 * An element as text. Attributes are escaped; children are markup already, made by `element` or `escapeXml`.
 * Coordinates keep two decimals.
 */
export function element(name: string, attributes: Attributes, children?: string): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? roundCoordinate(value) : escapeXml(value ?? '')}"`)
    .join('');
  return children === undefined ? `<${name}${written}/>` : `<${name}${written}>${children}</${name}>`;
}

/** A line of text. The content is given plain. */
export function textElement(content: string, attributes: Attributes, tooltip?: string): string {
  const title = tooltip === undefined ? '' : element('title', {}, escapeXml(tooltip));
  return element('text', attributes, title + escapeXml(content));
}

/** Two decimals, and no negative zero. */
export function roundCoordinate(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}
