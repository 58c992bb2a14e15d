import { request, type IncomingHttpHeaders } from 'node:http';

/** A request as a client writes it. A body that is neither text nor bytes is sent as JSON. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' | 'HEAD' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  /** Parsed where the answer is JSON, else null. */
  readonly body: Body;
}

/** Sends over a real connection of its own; the address is sent as it is written. */
export function sendRequest<Body>(port: number, call: Call): Promise<Answer<Body>> {
  const { body } = call;
  const payload = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        host: '127.0.0.1',
        agent: false,
        method: call.method ?? (payload === undefined ? 'GET' : 'POST'),
        path: call.url,
        headers:
          payload === undefined
            ? { ...call.headers }
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload), ...call.headers },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString('utf8');
          const isJson = (incoming.headers['content-type'] ?? '').includes('json') && text !== '';
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            bytes,
            body: (isJson ? JSON.parse(text) : null) as Body,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}
