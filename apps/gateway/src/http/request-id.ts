import type { IncomingMessage } from 'node:http';
import { uuidv7 } from 'uuidv7';

const SANE = /^[\w.:@+=~-]{1,128}$/;

/** The client's X-Request-Id where it is a plain token, else a new one. It stands in logs, answers and audit records. */
export function chooseRequestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : uuidv7();
}
