import type { IncomingHttpHeaders } from 'node:http';
import { quote } from '#explainers';
import { isLoopback, ProblemError, type Config } from '#platform';

/**
 * Refuses what a web page of another site could make a browser send. A Host that is not ours means that a foreign
 * name was made to point here; an Origin other than the Host means that another site's page sent the request.
 *
 * @throws ProblemError HOST_NOT_ALLOWED or ORIGIN_NOT_ALLOWED
 */
export function checkOrigin(headers: IncomingHttpHeaders, config: Pick<Config, 'host' | 'allowedHosts'>): void {
  const host = (headers.host ?? '').toLowerCase();
  if (!isAllowedHost(host, config)) throw new ProblemError('HOST_NOT_ALLOWED', { detail: `the Host header is ${quote(host)}` });
  const origin = headers.origin;
  if (origin !== undefined && !isOwnOrigin(origin, host))
    throw new ProblemError('ORIGIN_NOT_ALLOWED', { detail: `the Origin header is ${quote(origin)}` });
}

function isAllowedHost(host: string, config: Pick<Config, 'host' | 'allowedHosts'>): boolean {
  const name = nameOf(host);
  if (name === null) return false;
  return (
    isLoopback(name) ||
    name === nameOf(bracketed(config.host.toLowerCase())) ||
    config.allowedHosts.includes(host) ||
    config.allowedHosts.includes(host.replace(/:\d+$/, ''))
  );
}

/** `name` of `name:port`, without the brackets of an IPv6 address; null when it is no host. */
function nameOf(host: string): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/.exec(host);
  return match?.[1] ?? match?.[2] ?? null;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function isOwnOrigin(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  // Both schemes: TLS may end at a proxy. URL drops the default port, which a Host header may carry.
  return (
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    (url.host === host || `${url.hostname}:${url.protocol === 'http:' ? 80 : 443}` === host)
  );
}
