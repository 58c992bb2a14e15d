import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { ProblemError } from '#platform';
import { readMultipart, type MultipartLimits, type MultipartPart } from './read-multipart.js';

const usual: MultipartLimits = { totalBytes: 2 ** 22, parts: 8, idleMs: 5000, leastBytes: 1, timeoutMs: 10_000, drainBytes: 2 ** 23 };
let limits = usual;
let take: (part: MultipartPart) => Promise<void>;
let seen: { name: string; bytes: Buffer; headers: MultipartPart['headers'] }[] = [];
let server: Server;
let port: number;

const collect = async ({ name, headers, body }: MultipartPart): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  seen.push({ name, headers, bytes: Buffer.concat(chunks) });
};

beforeEach(async () => {
  seen = [];
  take = collect;
  limits = usual;
  server = createServer((request, response) => {
    readMultipart(request, limits, (part) => take(part)).then(
      () => response.end('fine'),
      (error: unknown) => response.end(error instanceof ProblemError ? error.problem.code : `unforeseen: ${String(error)}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const part = (name: string, bytes: Buffer, ...headers: string[]) =>
  Buffer.concat([
    Buffer.from([`--b`, `content-disposition: form-data; name="${name}"; filename="x"`, ...headers, '', ''].join('\r\n')),
    bytes,
    Buffer.from('\r\n'),
  ]);
const last = Buffer.from('--b--\r\n');

/** Sends the body in pieces of a size, and answers what came back. */
async function send(body: Buffer, headers: Record<string, string> = {}, piece = body.length): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('utf8')));
    socket.on('error', reject);
    socket.on('close', () => resolve(text.split('\r\n\r\n')[1]?.replace(/^[0-9a-f]+\r\n|\r\n.*$/gs, '') ?? ''));
    const head = {
      host: 'x',
      connection: 'close',
      'content-type': 'multipart/form-data; boundary=b',
      'content-length': String(body.length),
      ...headers,
    };
    socket.write(
      `POST / HTTP/1.1\r\n${Object.entries(head)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\r\n')}\r\n\r\n`,
    );
    void (async () => {
      for (let at = 0; at < body.length; at += Math.max(1, piece)) {
        socket.write(body.subarray(at, at + Math.max(1, piece)));
        await new Promise((next) => setImmediate(next));
      }
    })();
  });
}

const sha256 = (bytes: Buffer) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;

describe('a multipart body', () => {
  it.each([7, 100, 4096, 70_000])('arrives as it was sent, in pieces of %i bytes', async (piece) => {
    // Bytes that look like borders and line ends, and parts without any.
    const bytes = [randomBytes(9000), Buffer.from('\r\n--a\r\r\n--\r\n'), Buffer.alloc(0), Buffer.from('\r\n\r\n')];
    const body = Buffer.concat([...bytes.map((one, index) => part(`part-${index}`, one)), last]);
    expect(await send(body, {}, piece)).toBe('fine');
    expect(seen.map(({ name }) => name)).toEqual(['part-0', 'part-1', 'part-2', 'part-3']);
    expect(seen.map((one) => one.bytes.equals(bytes[Number(one.name.slice(5))] ?? Buffer.of(1)))).toEqual([true, true, true, true]);
  });

  it('waits for whoever takes a part', async () => {
    let most = 0;
    take = async ({ body }) => {
      for await (const _chunk of body) {
        most = Math.max(most, body.readableLength);
        await new Promise((next) => setTimeout(next, 1));
      }
    };
    expect(await send(Buffer.concat([part('large', randomBytes(3_000_000)), last]))).toBe('fine');
    expect(most).toBeLessThan(200_000);
  });

  it.each<[string, Buffer, string]>([
    ['cut before its last boundary', part('a', Buffer.from('x')), 'MULTIPART_MALFORMED'],
    ['cut inside the headers of a part', Buffer.from('--b\r\ncontent-disposition: form-da'), 'MULTIPART_MALFORMED'],
    ['without any part', Buffer.from('hello'), 'MULTIPART_MALFORMED'],
    ['with a part without a name', Buffer.from('--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--\r\n'), 'MULTIPART_MALFORMED'],
    ['with a part without headers', Buffer.from('--b\r\n\r\nx\r\n--b--\r\n'), 'MULTIPART_MALFORMED'],
    [
      'with a name given twice',
      Buffer.from('--b\r\ncontent-disposition: form-data; name="a"; name="b"\r\n\r\nx\r\n--b--\r\n'),
      'MULTIPART_MALFORMED',
    ],
    [
      'of too many parts',
      Buffer.concat([...Array.from({ length: 9 }, (_, index) => part(String(index), Buffer.from('x'))), last]),
      'MULTIPART_MALFORMED',
    ],
    ['of too many bytes', Buffer.concat([part('a', Buffer.alloc(5_000_000)), last]), 'BODY_TOO_LARGE'],
  ])('%s', async (_name, body, code) => {
    expect(await send(body)).toBe(code);
    expect(await send(Buffer.concat([part('a', Buffer.from('x')), last]))).toBe('fine');
  });

  it('is held against its own digest', async () => {
    const body = Buffer.concat([part('a', Buffer.from('x')), last]);
    expect(await send(body, { 'repr-digest': sha256(body) })).toBe('fine');
    expect(await send(body, { 'content-digest': `sha-512=:AAAA:, ${sha256(body)}` })).toBe('fine');
    expect(await send(body, { 'repr-digest': sha256(Buffer.from('other')) })).toBe('DIGEST_MISMATCH');
    expect(await send(body, { 'repr-digest': 'sha-512=:AAAA:' })).toBe('HEADER_INVALID');
    expect(await send(body, { 'repr-digest': 'sha-256=abc' })).toBe('HEADER_INVALID');
  });

  it.each([
    [{ 'content-type': 'application/zip' }],
    [{ 'content-type': 'multipart/form-data' }],
    [{ 'content-type': 'multipart/mixed; boundary=b' }],
    [{ 'content-encoding': 'gzip' }],
  ])('is refused with %j', async (headers) => {
    expect(await send(Buffer.concat([part('a', Buffer.from('x')), last]), headers)).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it('ends with what the taker throws, and is read on', async () => {
    take = () => Promise.reject(new ProblemError('PART_REFUSED'));
    expect(await send(Buffer.concat([part('a', randomBytes(3_000_000)), last]))).toBe('PART_REFUSED');
  });

  it('is given up when no byte comes any more', async () => {
    limits = { ...usual, idleMs: 50 };
    const body = Buffer.concat([part('a', Buffer.from('x')), last]);
    expect(await send(body, { 'content-length': String(body.length + 10) })).toBe('REQUEST_TIMEOUT');
  });

  it('is given up when less comes than must', async () => {
    limits = { ...usual, idleMs: 200, leastBytes: 1000 };
    const body = Buffer.concat([part('a', randomBytes(900)), last]);
    const answer = new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: ${body.length}\r\n\r\n`);
      let next = 0;
      const drip = setInterval(() => socket.write(body.subarray(next, (next += 5))), 10);
      socket.once('data', (bytes) => {
        clearInterval(drip);
        socket.destroy();
        resolve(bytes.toString('utf8'));
      });
    });
    expect(await answer).toContain('REQUEST_TIMEOUT');
  });

  it('that a client leaves reaches nobody as a whole', async () => {
    const ended = new Promise<string>((resolve) => {
      take = (one) =>
        collect(one).catch((error: unknown) => {
          resolve('given up');
          throw error;
        });
    });
    const socket = connect(port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 90000\r\n\r\n');
    socket.write(part('a', randomBytes(50_000)).subarray(0, 40_000));
    setTimeout(() => socket.destroy(), 50);
    expect(await ended).toBe('given up');
    expect(seen).toEqual([]);
  });
});
