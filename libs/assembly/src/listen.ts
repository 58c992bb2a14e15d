import { createServer } from 'node:net';
import type { Config, Shutdown } from '#platform';

/** The part of an HTTP application that a composition root uses. */
export interface HttpApplication {
  listen(port: number, host: string): Promise<unknown>;
  getUrl(): Promise<string>;
  close(): Promise<void>;
}

/** Opens the door; closing it is the first step of the shutdown. @returns the address a client on this machine uses */
export async function listen(app: HttpApplication, config: Config, shutdown: Shutdown): Promise<string> {
  shutdown.register('stop-taking', 'gateway', () => app.close());
  await app.listen(config.port, config.host);
  const { port } = new URL(await app.getUrl());
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Whether the door can be opened at all, before anything that takes seconds. @throws Error of node:net, as `listen` does */
export function expectFreePort({ port, host }: Pick<Config, 'port' | 'host'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const trial = createServer();
    trial.once('error', reject);
    trial.listen(port, host, () => trial.close(() => resolve()));
  });
}
