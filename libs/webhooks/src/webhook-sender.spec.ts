import { afterEach, describe, expect, it } from '@jest/globals';
import { startReceiver } from '#testing';
import { WebhookSender } from './webhook-sender.js';

const never = new AbortController().signal;
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function receiver(answer?: Parameters<typeof startReceiver>[0]) {
  const started = await startReceiver(answer);
  stops.push(() => started.stop());
  return started;
}

const send = (sender: WebhookSender, url: string) => sender.send(url, { 'webhook-id': '1' }, '{"a":"ä"}', never);

describe('WebhookSender', () => {
  it('posts the body as it is', async () => {
    const { host, url, received } = await receiver();
    expect(await send(new WebhookSender([host]), `${url}/hook?x=1`)).toEqual({ status: 204, error: null });
    expect(received).toEqual([
      {
        method: 'POST',
        url: '/hook?x=1',
        body: '{"a":"ä"}',
        headers: expect.objectContaining({ 'webhook-id': '1', 'content-type': 'application/json', 'content-length': '10', host }),
      },
    ]);
  });

  it.each([301, 302, 303, 307, 308])('does not follow %d', async (status) => {
    const inner = await receiver();
    const outer = await receiver((response) => response.writeHead(status, { location: `${inner.url}/secret` }).end());
    expect(await send(new WebhookSender([outer.host, inner.host]), outer.url)).toEqual({ status, error: 'redirects are not followed' });
    expect([outer.received.length, inner.received.length]).toEqual([1, 0]);
  });

  it.each([400, 404, 410, 500, 503])('counts %d as not received', async (status) => {
    const { host, url } = await receiver((response) => response.writeHead(status).end('no'));
    expect(await send(new WebhookSender([host]), url)).toEqual({ status, error: `answered ${status}` });
  });

  it('sends nothing to an address that is not public and not listed', async () => {
    const { port, url, received } = await receiver();
    for (const address of [url, `http://localhost:${port}`, `http://[::1]:${port}`, `http://2130706433:${port}`])
      expect(await send(new WebhookSender(['127.0.0.1:1']), address)).toEqual({
        status: null,
        error: 'leads to an address that is not public',
      });
    expect(received).toEqual([]);
  });

  it.each([
    ['a private address', ['127.0.0.1']],
    ['a private address among public ones', ['93.184.216.34', '127.0.0.1']],
    ['a private address after a public one of the other kind', ['2606:4700::1111', '::1']],
    ['an IPv4 address inside an IPv6 one', ['::ffff:127.0.0.1']],
    ['the address of instance metadata', ['169.254.169.254']],
    ['no address', []],
  ])('sends nothing to a name that leads to %s', async (_what, addresses) => {
    const { port, received } = await receiver();
    const asked: string[] = [];
    const resolve = (name: string) => {
      asked.push(name);
      return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
    };
    expect(await send(new WebhookSender([], resolve), `http://rebind.example:${port}/`)).toEqual({
      status: null,
      error: 'leads to an address that is not public',
    });
    expect([asked, received]).toEqual([['rebind.example'], []]);
  });

  it('connects to what it looked at, and does not ask a second time', async () => {
    const { port, received } = await receiver();
    // A name that turns to loopback once it has been looked at.
    const answers = ['203.0.114.7', '127.0.0.1', '127.0.0.1'];
    let asked = 0;
    const resolve = () => Promise.resolve([{ address: answers[asked++] ?? '127.0.0.1', family: 4 }]);
    const sender = new WebhookSender([], resolve, 300);
    expect((await send(sender, `http://rebind.example:${port}/`)).status).toBeNull();
    expect([asked, received]).toEqual([1, []]);
    expect(await send(sender, `http://rebind.example:${port}/`)).toMatchObject({ error: 'leads to an address that is not public' });
  });

  it('gives up waiting', async () => {
    const { host, url } = await receiver(() => undefined);
    expect(await new WebhookSender([host], undefined, 100).send(url, {}, '{}', never)).toEqual({
      status: null,
      error: 'no answer within 0.1 s',
    });
  });

  it('takes no answer that turns the connection into something else', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { host, url } = await receiver((response) => {
      response.socket?.on('close', closed);
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
    });
    expect(await send(new WebhookSender([host]), url)).toEqual({ status: null, error: 'answered 101' });
    await gone;
  });

  it('gives up waiting for interim answers to end', async () => {
    const { host, url } = await receiver((response) => {
      const more = setInterval(() => response.writeProcessing(), 10);
      response.on('close', () => clearInterval(more));
    });
    expect((await new WebhookSender([host], undefined, 100).send(url, {}, '{}', never)).error).toBe('no answer within 0.1 s');
  });

  it('gives up waiting for a name to be found', async () => {
    const lost = () => new Promise<never>(() => undefined);
    expect((await new WebhookSender([], lost, 100).send('http://lost.example/', {}, '{}', never)).error).toBe('no answer within 0.1 s');
  });

  it('breaks off when told, also before it began', async () => {
    const { host, url } = await receiver(() => stop.abort());
    const stop = new AbortController();
    for (let times = 0; times < 2; times += 1)
      expect(await new WebhookSender([host]).send(url, {}, '{}', stop.signal)).toEqual({ status: null, error: 'broken off' });
  });

  it('gives up waiting for the rest of an answer that trickles', async () => {
    const { host, url } = await receiver((response) => response.writeHead(200).write('a'));
    expect((await new WebhookSender([host], undefined, 100).send(url, {}, '{}', never)).error).toBe('no answer within 0.1 s');
  });

  it('reads no more of an answer than it must', async () => {
    let written = 0;
    const { host, url } = await receiver((response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
      };
      response.on('drain', more);
      more();
    });
    expect(await send(new WebhookSender([host]), url)).toEqual({ status: 200, error: null });
    expect(written).toBeLessThan(50_000_000);
  });

  it('tells why there was no connection, and no more', async () => {
    const gone = await receiver();
    await gone.stop();
    stops.pop();
    expect(await send(new WebhookSender([gone.host]), gone.url)).toEqual({ status: null, error: 'no connection: ECONNREFUSED' });
    const resolve = () => Promise.reject(Object.assign(new Error('getaddrinfo ENOTFOUND 10.1.2.3'), { code: 'ENOTFOUND' }));
    expect(await send(new WebhookSender([], resolve), 'https://absent.example/')).toEqual({
      status: null,
      error: 'no connection: ENOTFOUND',
    });
  });
});
