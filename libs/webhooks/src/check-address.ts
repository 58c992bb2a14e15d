import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.js';

const LONGEST_URL = 2048;

/**
 * Why nothing may be sent to an address, as far as its text tells; null when it may. Names are looked at again when they are
 * resolved.
 *
 * @param exempt exact hosts, `name` or `name:port` in lower case, that may be private
 */
export function refuseAddress(text: string, exempt: readonly string[]): string | null {
  if (text.length > LONGEST_URL) return `must have at most ${LONGEST_URL} characters`;
  if (!URL.canParse(text)) return 'must be a URL';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must start with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  if (isExempt(url, exempt)) return null;
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const isPrivate = isIP(host) === 0 ? host === 'localhost' || host.endsWith('.localhost') : !isPublicAddress(host);
  return isPrivate ? 'leads to an address that is not public' : null;
}

/** Whether the operator allowed this very host, wherever it leads. */
export function isExempt(url: URL, exempt: readonly string[]): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return exempt.includes(url.hostname) || exempt.includes(`${url.hostname}:${port}`);
}
