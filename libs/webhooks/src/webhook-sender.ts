import { lookup, type LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { isExempt, refuseAddress } from './check-address.js';
import { isPublicAddress } from './public-address.js';

/** All addresses of a name. */
export type ResolveName = (name: string) => Promise<readonly LookupAddress[]>;

export interface SendResult {
  /** Null when there was no answer. */
  readonly status: number | null;
  /** Why this counts as not received; null for 2xx. No address of the inside is in it. */
  readonly error: string | null;
}

const TIMEOUT_MS = 10_000;
/** Bytes of an answer that are read before its connection is closed: nothing in it matters. */
const MOST_ANSWER_BYTES = 65_536;

const ask = promisify(lookup);
const systemResolve: ResolveName = (name) => ask(name, { all: true });

/** Posts to addresses that tenants chose, and to nothing that only this machine or its network can reach. */
export class WebhookSender {
  constructor(
    /** VITRINE_WEBHOOK_ALLOW: exact hosts that may be private. */
    private readonly exempt: readonly string[],
    private readonly resolve: ResolveName = systemResolve,
    private readonly timeoutMs: number = TIMEOUT_MS,
  ) {}

  /** One POST. Redirects are answers, not ways to go on. Never rejects. */
  async send(address: string, headers: Readonly<Record<string, string>>, body: string, stop: AbortSignal): Promise<SendResult> {
    const refusal = refuseAddress(address, this.exempt);
    if (refusal !== null) return { status: null, error: refusal };
    const url = new URL(address);
    const options: RequestOptions = {
      method: 'POST',
      agent: false, // a connection of its own: nothing pooled under another resolution
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'vitrine-webhooks',
      },
      // The addresses that were looked at are the ones that are connected to.
      ...(isExempt(url, this.exempt) ? {} : { lookup: lookupPublic(this.resolve) }),
    };
    try {
      const status = await post(url, options, body, this.timeoutMs, stop);
      if (status >= 200 && status < 300) return { status, error: null };
      return { status, error: status >= 300 && status < 400 ? 'redirects are not followed' : `answered ${status}` };
    } catch (error) {
      return { status: null, error: describeFailure(error) };
    }
  }
}

class ExchangeFailed extends Error {}

/**
 * Resolves with the status once the answer has been read, or as much of it as is read. Settles within the time given,
 * whatever the other side does, and holds no connection afterwards.
 */
function post(url: URL, options: RequestOptions, body: string, timeoutMs: number, stop: AbortSignal): Promise<number> {
  return new Promise<number>((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = send(url, options);
    const settle = (act: () => void) => {
      clearTimeout(late);
      stop.removeEventListener('abort', onStop);
      act();
      outgoing.destroy();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const onStop = () => fail(new ExchangeFailed('broken off'));
    const late = setTimeout(() => fail(new ExchangeFailed(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    outgoing.on('response', (answer: IncomingMessage) => {
      const status = answer.statusCode ?? 0;
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_ANSWER_BYTES) settle(() => resolve(status));
      });
      answer.on('end', () => settle(() => resolve(status)));
      answer.on('error', fail);
    });
    outgoing.on('upgrade', (answer, socket) => {
      socket.destroy(); // it is the request's no longer
      fail(new ExchangeFailed(`answered ${answer.statusCode ?? 0}`));
    });
    outgoing.on('error', fail);
    outgoing.on('close', () => fail(new ExchangeFailed('no answer'))); // whatever was not foreseen above
    stop.addEventListener('abort', onStop);
    if (stop.aborted) onStop();
    else outgoing.end(body);
  });
}

class AddressRefused extends Error {
  readonly code = 'ADDRESS_NOT_PUBLIC';
}

/** One private address among many refuses them all: which one is taken is not ours to choose. */
function lookupPublic(resolve: ResolveName): LookupFunction {
  return (name, options, callback) => {
    resolve(name).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || !addresses.every((one) => isPublicAddress(one.address))) callback(new AddressRefused(), '', 0);
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), '', 0),
    );
  };
}

function describeFailure(error: unknown): string {
  if (error instanceof ExchangeFailed) return error.message;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  if (code === 'ADDRESS_NOT_PUBLIC') return 'leads to an address that is not public';
  return `no connection: ${code}`;
}
