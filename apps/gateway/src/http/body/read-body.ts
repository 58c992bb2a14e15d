import type { Readable } from 'node:stream';
import { ProblemError } from '#platform';
import type { GatewayLimits } from '../gateway-limits.js';

/**
 * Reads a body within its limits of size and time. A body that is too large is read on and thrown away, up to
 * `drainBytes`: a client that sends everything before it listens would otherwise see a broken connection instead of
 * the answer.
 *
 * @param declaredBytes Content-Length, null where there is none
 * @throws ProblemError BODY_TOO_LARGE, REQUEST_TIMEOUT, or MALFORMED_JSON when the client stopped half-way
 */
export function readBody(stream: Readable, declaredBytes: number | null, limits: GatewayLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const settle = (act: () => void) => {
      clearTimeout(timer);
      stream.off('data', take).off('end', end).off('error', cut).off('close', cut);
      stream.on('error', () => undefined); // the answer is on its way; what happens to the rest does not matter
      act();
    };
    const isTooLarge = () => size > limits.bodyBytes || (declaredBytes ?? 0) > limits.bodyBytes;
    const refuse = (error: ProblemError) => settle(() => reject(error));
    const take = (chunk: Buffer) => {
      size += chunk.length;
      if (isTooLarge()) chunks = [];
      else chunks.push(chunk);
      if (size > limits.drainBytes) refuse(tooLarge(limits));
    };
    const end = () => (isTooLarge() ? refuse(tooLarge(limits)) : settle(() => resolve(Buffer.concat(chunks))));
    const cut = () => refuse(new ProblemError('MALFORMED_JSON', { detail: 'the body was cut short' }));
    const timer = setTimeout(() => refuse(isTooLarge() ? tooLarge(limits) : tooSlow(limits)), limits.bodyTimeoutMs);
    if ((declaredBytes ?? 0) > limits.drainBytes) {
      refuse(tooLarge(limits));
      return;
    }
    stream.on('data', take).on('end', end).on('error', cut).on('close', cut);
  });
}

function tooLarge(limits: GatewayLimits): ProblemError {
  return new ProblemError('BODY_TOO_LARGE', { detail: `the body has more than ${limits.bodyBytes} bytes` });
}

function tooSlow(limits: GatewayLimits): ProblemError {
  return new ProblemError('REQUEST_TIMEOUT', { detail: `the body did not arrive within ${limits.bodyTimeoutMs / 1000} s` });
}
