import { isUtf8 } from 'node:buffer';
import { ProblemError } from '#platform';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayLimits } from '../gateway-limits.js';
import { streamedRoutes, type Operation } from '../operation.js';
import { checkMediaType } from './check-media-type.js';
import { measurePicture } from './measure-picture.js';
import { parseJsonBody } from './parse-json-body.js';
import { readBody } from './read-body.js';

/** The one way a body comes in, for every route and every Content-Type. An empty body is `undefined`. */
export function registerBodyParser(instance: FastifyInstance, limits: GatewayLimits, operations: readonly Operation[]): void {
  const streamed = streamedRoutes(operations); // these read their body themselves, as it arrives
  const known = new Map(operations.map((operation) => [`${operation.method} ${operation.route}`, operation]));
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage): Promise<unknown> => {
    if (streamed.has(request.routeOptions.url ?? '')) return undefined;
    const declared = request.headers['content-length'];
    if (declared === '0') return undefined;
    checkMediaType(request.headers);
    const operation = known.get(`${request.method} ${request.routeOptions.url ?? ''}`);
    const plainBytes = operation?.bodyBytes ?? limits.bodyBytes;
    const bodyBytes = Math.max(plainBytes, operation?.pictureBodyBytes ?? 0);
    const bytes = await readBody(payload, declared === undefined ? null : Number(declared), { ...limits, bodyBytes });
    checkRest(bytes, plainBytes);
    return bytes.length === 0 ? undefined : parseJsonBody(decode(bytes), operation?.apart);
  });
}

/** @throws ProblemError BODY_TOO_LARGE where a body is too large without its picture too */
function checkRest(bytes: Buffer, limit: number): void {
  if (bytes.length <= limit) return;
  const picture = measurePicture(bytes);
  if (bytes.length - picture <= limit) return;
  const detail = `the body has more than ${limit} bytes${picture === 0 ? '' : ' beside its picture'}`;
  throw new ProblemError('BODY_TOO_LARGE', { detail });
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw new ProblemError('MALFORMED_JSON', { detail: 'the body starts with a byte order mark' });
  if (!isUtf8(bytes)) throw new ProblemError('MALFORMED_JSON', { detail: 'the body is not valid UTF-8' });
  return bytes.toString('utf8');
}
