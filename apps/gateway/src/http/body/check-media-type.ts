import type { IncomingHttpHeaders } from 'node:http';
import { quote } from '#explainers';
import { ProblemError } from '#platform';

const JSON_TYPE = /^\s*application\/json\s*(?:;|$)/i;
const CHARSET = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]*))/i;

/** @throws ProblemError UNSUPPORTED_MEDIA_TYPE unless the body is plain JSON in UTF-8 */
export function checkMediaType(headers: IncomingHttpHeaders): void {
  const type = headers['content-type'];
  if (type === undefined) throw unsupported('the body has no Content-Type');
  if (!JSON_TYPE.test(type)) throw unsupported(`Content-Type is ${quote(type)}`);
  const match = CHARSET.exec(type);
  const charset = match?.[1] ?? match?.[2] ?? 'utf-8';
  if (!/^utf-?8$/i.test(charset)) throw unsupported(`the charset is ${quote(charset)}`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (!/^identity$/i.test(encoding.trim())) throw unsupported(`Content-Encoding is ${quote(encoding)}`);
}

function unsupported(detail: string): ProblemError {
  return new ProblemError('UNSUPPORTED_MEDIA_TYPE', { detail }, { 'Accept-Encoding': 'identity' });
}
