import type { Metrics } from '#platform';
import type { FastifyInstance } from 'fastify';

/** Measures every request under the pattern of its route: a path would name jobs, and make a series for each. */
export function measureRequests(instance: FastifyInstance, metrics: Metrics): void {
  instance.addHook('onResponse', (request, reply, done) => {
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
    metrics.observeRequest({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });
}
