import { describe, expect, it } from '@jest/globals';
import { countNothing, createLogger } from '#platform';
import { QueueBackend } from '../queue/queue-backend.js';
import { HandlerError } from './handler-error.js';
import { JobTransport } from './job-transport.js';

const backend = new QueueBackend({ kind: 'postgres', connectionString: 'postgres://127.0.0.1:1/none' }, () => undefined);
const routes = [
  { method: 'kernel-shap', family: 'shap' },
  { method: 'lime-text', family: 'lime' },
];
const options = { logger: createLogger({ level: 'silent', app: 'test' }), count: countNothing };
const handler = () => Promise.resolve();

describe('JobTransport', () => {
  it('starts with one handler per method', () => {
    const transport = new JobTransport(backend, routes, 1, options);
    for (const route of routes) transport.addHandler(route.method, handler);
    expect(() => transport.checkHandlers()).not.toThrow();
  });

  it('refuses a method without a handler, by name, before it touches the queue', async () => {
    const transport = new JobTransport(backend, routes, 1, options);
    transport.addHandler('kernel-shap', handler);
    const error = await new Promise((resolve) => transport.listen(resolve));
    expect(error).toBeInstanceOf(HandlerError);
    expect((error as Error).message).toContain('lime-text has no handler');
  });

  it('refuses a method with two handlers, which Nest itself would overlook', () => {
    const transport = new JobTransport(backend, routes, 1, options);
    for (const route of routes) transport.addHandler(route.method, handler);
    transport.addHandler('lime-text', handler);
    expect(() => transport.checkHandlers()).toThrow(/lime-text has two handlers/);
  });
});
