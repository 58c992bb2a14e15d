import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createProblem, type Problem } from '#platform';
import { uuidv7 } from 'uuidv7';
import { securityHeaders } from './security-headers.js';

/**
 * Answers on the bare socket what never became a request: bytes that are not HTTP, headers too long or too slow, a body
 * that ended early.
 */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code !== 'ECONNRESET' && socket.writable) socket.write(renderAnswer(chooseProblem(error.code ?? '')));
  socket.destroySoon();
}

/** Answers a request whose `Expect` asks for what this service does not do; RFC 9110, section 10.1.1. */
export function answerExpectation(response: ServerResponse): void {
  const problem = createProblem('HEADER_INVALID', {
    requestId: uuidv7(),
    status: 417,
    detail: 'Expect asks for something other than 100-continue',
    remedy: 'Leave the header Expect out.',
  });
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, headersOf(problem, body)).end(body);
}

function chooseProblem(code: string): Problem {
  const requestId = uuidv7();
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return createProblem('REQUEST_TIMEOUT', { requestId });
    case 'HPE_HEADER_OVERFLOW':
      return createProblem('HEADER_INVALID', {
        requestId,
        status: 431,
        detail: 'the headers and the address are too long',
        remedy: 'Send shorter headers and a shorter address.',
      });
    case 'HPE_INVALID_EOF_STATE':
      return createProblem('MALFORMED_JSON', { requestId, detail: 'the request ended before its body did' });
    default:
      return createProblem('HEADER_INVALID', {
        requestId,
        detail: 'the request is not valid HTTP/1.1',
        remedy: 'Send a well-formed HTTP request.',
      });
  }
}

function renderAnswer(problem: Problem): string {
  const body = JSON.stringify(problem);
  const lines = Object.entries(headersOf(problem, body)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}\r\n${lines.join('')}\r\n${body}`;
}

function headersOf(problem: Problem, body: string): Readonly<Record<string, string>> {
  return {
    ...securityHeaders,
    'Content-Type': 'application/problem+json',
    'Content-Length': String(Buffer.byteLength(body)),
    'X-Request-Id': problem.requestId ?? '',
    Connection: 'close',
  };
}
