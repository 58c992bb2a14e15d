import type { FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly method: string;
  readonly steps: readonly string[];
}

/** Every route the server has, to tell an unknown address from a method that an address does not answer. */
export class RouteTable {
  private readonly routes: KnownRoute[] = [];

  /** Must be called before the routes are registered. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) this.routes.push({ method, steps: route.url.split('/') });
    });
  }

  /** Methods of all routes that match the path, sorted; empty for an unknown address. */
  methodsOf(url: string): readonly string[] {
    const steps = url.replace(/[?#].*$/s, '').split('/');
    const matching = this.routes.filter(
      (route) =>
        route.steps.length === steps.length &&
        route.steps.every((step, index) => (step.startsWith(':') ? steps[index] !== '' : step === steps[index])),
    );
    return [...new Set(matching.map((route) => route.method))].sort();
  }

  /** `METHOD /path/:parameter` of every route, sorted. */
  list(): readonly string[] {
    return [...new Set(this.routes.map((route) => `${route.method} ${route.steps.join('/')}`))].sort();
  }
}
