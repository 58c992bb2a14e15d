/**
 * Whether If-None-Match (RFC 9110, section 13.1.2) names the entity tag, so that the answer is 304. Comparison is weak.
 *
 * @param etag with its quotes
 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  return header.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}
