import { isUtf8 } from 'node:buffer';
import { ProblemError } from '#platform';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayLimits } from '../gateway-limits.js';
import { streamedRoutes, type Operation } from '../operation.js';
import { checkMediaType } from './check-media-type.js';
import { parseJsonBody } from './parse-json-body.js';
import { readBody } from './read-body.js';

/** The one way a body comes in, for every route and every Content-Type. An empty body is `undefined`. */
export function registerBodyParser(instance: FastifyInstance, limits: GatewayLimits, operations: readonly Operation[]): void {
  const streamed = streamedRoutes(operations); // these read their body themselves, as it arrives
  const larger = new Map(operations.map(({ method, route, bodyBytes }) => [`${method} ${route}`, bodyBytes]));
  const apart = new Map(operations.map((one) => [`${one.method} ${one.route}`, one.apart]));
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage): Promise<unknown> => {
    if (streamed.has(request.routeOptions.url ?? '')) return undefined;
    const declared = request.headers['content-length'];
    if (declared === '0') return undefined;
    checkMediaType(request.headers);
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    const bodyBytes = larger.get(route) ?? limits.bodyBytes;
    const bytes = await readBody(payload, declared === undefined ? null : Number(declared), { ...limits, bodyBytes });
    return bytes.length === 0 ? undefined : parseJsonBody(decode(bytes), apart.get(route));
  });
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    throw new ProblemError('MALFORMED_JSON', { detail: 'the body starts with a byte order mark' });
  if (!isUtf8(bytes)) throw new ProblemError('MALFORMED_JSON', { detail: 'the body is not valid UTF-8' });
  return bytes.toString('utf8');
}
