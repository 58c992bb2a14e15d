import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

export interface Posted {
  readonly status: number;
  readonly body: string;
  /** From the call to the last byte of the answer. */
  readonly milliseconds: number;
}

/** POSTs JSON by the plainest client there is, on a connection that stays open: what it costs is the same for whoever answers. */
export function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Posted> {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': bytes.length, ...headers } },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => {
          const milliseconds = performance.now() - startedAt;
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString('utf8'), milliseconds });
        });
        answer.on('error', reject);
      },
    );
    call.on('error', reject);
    call.end(bytes);
  });
}

/** Sends `count` posts, `width` of them under way at any time. @returns milliseconds for all */
export async function postMany(count: number, width: number, send: (index: number) => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: width }, lane));
  return performance.now() - startedAt;
}
