import { escapeXml } from '#figures';
import type { Overlay } from '../read-overlay.js';

/**
 * A map over its picture, with what its colours mean.
 *
 * @param isSize whether the map has sizes of gradients, which speak neither for nor against
 */
export function renderOverlay({ png, largest, isSigned }: Overlay, named: string, isSize = false): string {
  const against = isSigned ? ' Blue speaks against it.' : '';
  const means = isSize ? `is where ${named} is sensitive` : `speaks for ${named}`;
  const text = `Orange ${means}, as strong as it is large: full colour from ${largest.toPrecision(3)} on.${against}`;
  const alt = `The picture in grey with a coloured map: orange ${means}`;
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  return `<figure class="overlay"><img src="${source}" width="384" alt="${escapeXml(alt)}"><figcaption class="quiet">${escapeXml(text)}</figcaption></figure>`;
}
