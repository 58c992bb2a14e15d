import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { goodJob, startTestGateway, type TestGateway } from '../../test/start-test-gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ limits: { bodyTimeoutMs: 300, headersTimeoutMs: 300, connectionCheckMs: 50, headerBytes: 4096 } });
});
afterAll(() => gateway.app.close());

/** Sends bytes on a bare connection and reads until the server closes it. */
function converse(
  speak: (socket: Socket) => void,
  port = gateway.port,
): Promise<{ status: number; problem: { code: string; status: number }; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('utf8')));
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      const [head = '', body = ''] = text.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1]), problem: JSON.parse(body) as { code: string; status: number }, text });
    });
    speak(socket);
  });
}

const head = (...lines: string[]) =>
  ['POST /v1/jobs HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...lines, '', ''].join('\r\n');

describe('a client that does not keep to the rules of the wire', () => {
  it('has its body awaited for so long and no longer', async () => {
    const { status, problem, text } = await converse((socket) =>
      socket.write(`${head('Content-Length: 100', 'X-Request-Id: slow-1')}{"method":`),
    );
    expect([status, problem.code]).toEqual([408, 'REQUEST_TIMEOUT']);
    expect(text).toMatch(/x-request-id: slow-1/i); // answered as a request, with all that belongs to it
    expect(text).toMatch(/connection: close/i);
  });

  it('may send its body in drops within that time', async () => {
    const body = JSON.stringify(goodJob);
    const { status } = await converse((socket) => {
      socket.write(head(`Content-Length: ${body.length}`, 'Connection: close'));
      for (const character of body) socket.write(character);
    });
    expect(status).toBe(202);
  });

  it('has its headers awaited for so long and no longer', async () => {
    const { status, problem, text } = await converse((socket) => socket.write('GET /healthz HTTP/1.1\r\nHost: local'));
    expect([status, problem.code]).toEqual([408, 'REQUEST_TIMEOUT']);
    expect(text).toMatch(/content-type: application\/problem\+json/i);
    expect(text).toMatch(/x-content-type-options: nosniff/i);
  });

  it('is told when it stops half-way', async () => {
    const { status, problem } = await converse((socket) => socket.end(`${head('Content-Length: 100')}{"method":`));
    expect([status, problem.code]).toEqual([400, 'MALFORMED_JSON']);
  });

  it('is told when it does not speak HTTP', async () => {
    const { status, problem } = await converse((socket) => socket.write('\x16\x03\x01 hello\r\n\r\n'));
    expect([status, problem.code]).toEqual([400, 'HEADER_INVALID']);
  });

  it('is told when its headers are too long', async () => {
    const { status, problem } = await converse((socket) => socket.write(`GET /${'x'.repeat(5000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`));
    expect([status, problem.code, problem.status]).toEqual([431, 'HEADER_INVALID', 431]);
  });

  it('may not say its length twice', async () => {
    const { status, problem } = await converse((socket) =>
      socket.write(`${head('Content-Length: 5', 'Transfer-Encoding: chunked')}0\r\n\r\n`),
    );
    expect([status, problem.code]).toEqual([400, 'HEADER_INVALID']);
  });

  it.each([
    [403, 'HOST_NOT_ALLOWED', ['Connection: close']],
    [400, 'HEADER_INVALID', ['Host: localhost', 'Host: evil.example', 'Connection: close']],
    [400, 'HEADER_INVALID', ['Host: localhost', 'Host: localhost', 'Connection: close']],
    [417, 'HEADER_INVALID', ['Host: localhost', 'Expect: a-miracle']],
    [400, 'HEADER_INVALID', ['Host: localhost', 'Authorization: Bearer a', 'Authorization: Bearer b', 'Connection: close']],
    [400, 'HEADER_INVALID', ['Host: localhost', 'Connection: close'], 'http://evil.example/v1/jobs'],
    [400, 'HEADER_INVALID', ['Host: localhost', 'Connection: close'], 'http://localhost/v1/jobs'],
  ])('gets %i %s for the headers %j', async (expected, code, lines, target = '/v1/jobs') => {
    const { status, problem, text } = await converse((socket) => socket.write([`GET ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n')));
    expect([status, problem.status, problem.code]).toEqual([expected, expected, code]);
    expect(text).toMatch(/x-content-type-options: nosniff/i);
  });

  it('gets its answer when it sends too much, also in chunks and before it listens', async () => {
    const chunk = 'x'.repeat(2 ** 20);
    const chunked = await converse((socket) => {
      socket.write(head('Transfer-Encoding: chunked'));
      for (let index = 0; index < 8; index += 1) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
      socket.write('0\r\n\r\n');
    });
    expect([chunked.status, chunked.problem.code]).toEqual([413, 'BODY_TOO_LARGE']);
    const plain = await gateway.refuse({ url: '/v1/jobs', body: { ...goodJob, input: { text: 'x'.repeat(20_000_000) } } });
    expect([plain.status, plain.body.code, plain.headers.connection]).toEqual([413, 'BODY_TOO_LARGE', 'close']);
  });

  it('is not read to the end when it announces more than anyone will read', async () => {
    const { status, problem } = await converse((socket) => socket.write(head('Content-Length: 99999999999')));
    expect([status, problem.code]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it('does not disturb the others', async () => {
    expect((await gateway.call({ url: '/v1/jobs', body: goodJob })).status).toBe(202);
    expect(gateway.lines).toEqual([]);
  });
});

describe('a body without an end', () => {
  it('is cut off', async () => {
    const patient = await startTestGateway({ limits: { drainBytes: 4 * 2 ** 20, bodyTimeoutMs: 60_000 } });
    try {
      const { status, problem } = await converse((socket) => {
        const chunk = 'x'.repeat(2 ** 20);
        socket.write(head('Transfer-Encoding: chunked'));
        for (let index = 0; index < 5; index += 1) socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
      }, patient.port);
      expect([status, problem.code]).toEqual([413, 'BODY_TOO_LARGE']);
    } finally {
      await patient.app.close();
    }
  });
});

describe('a gateway that stops', () => {
  it('finishes what is under way, sends what is new away, and keeps no idle connection', async () => {
    const stopping = await startTestGateway();
    const idle = connect(stopping.port, '127.0.0.1');
    const idleClosed = new Promise((resolve) => idle.once('close', resolve));
    const body = JSON.stringify(goodJob);
    const underWay = connect(stopping.port, '127.0.0.1');
    let text = '';
    underWay.on('data', (chunk) => (text += chunk.toString('utf8')));
    const answered = new Promise((resolve) => underWay.once('close', resolve));
    underWay.write(`${head(`Content-Length: ${body.length}`)}${body.slice(0, 10)}`);
    await stopping.call({ url: '/healthz' });

    const closing = stopping.app.close();
    const late = await stopping.refuse({ url: '/v1/jobs' });
    expect([late.status, late.body.code, late.headers['retry-after'], late.headers.connection]).toEqual([
      503,
      'SHUTTING_DOWN',
      '2',
      'close',
    ]);

    underWay.write(body.slice(10));
    await Promise.all([closing, answered, idleClosed]);
    expect(text).toMatch(/^HTTP\/1.1 202 Accepted/);
    expect(text).toMatch(/connection: close/i);
    await expect(stopping.call({ url: '/healthz' })).rejects.toThrow(/ECONNREFUSED/);
  });
});
