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
    const late = AbortSignal.timeout(this.timeoutMs);
    const options: RequestOptions = {
      method: 'POST',
      agent: false, // a connection of its own: nothing pooled under another resolution
      headers: {
        ...headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'vitrine-webhooks',
      },
      signal: AbortSignal.any([late, stop]),
      // The addresses that were looked at are the ones that are connected to.
      ...(isExempt(url, this.exempt) ? {} : { lookup: lookupPublic(this.resolve) }),
    };
    try {
      const status = await post(url, options, body);
      if (status >= 200 && status < 300) return { status, error: null };
      return { status, error: status >= 300 && status < 400 ? 'redirects are not followed' : `answered ${status}` };
    } catch (error) {
      if (late.aborted) return { status: null, error: `no answer within ${this.timeoutMs / 1000} s` };
      return { status: null, error: describeFailure(error) };
    }
  }
}

/** Resolves with the status once the answer has been read, or as much of it as is read. */
function post(url: URL, options: RequestOptions, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = send(url, options, (answer: IncomingMessage) => {
      const status = answer.statusCode ?? 0;
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MOST_ANSWER_BYTES) return;
        resolve(status);
        outgoing.destroy();
      });
      answer.on('end', () => resolve(status));
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
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
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  if (code === 'ADDRESS_NOT_PUBLIC') return 'leads to an address that is not public';
  return `no connection: ${code}`;
}
