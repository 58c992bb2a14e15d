import { createServer, type Server } from 'node:http';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Config, Metrics, Shutdown } from '#platform';

/**
 * What a worker process tells a supervisor and Prometheus, at VITRINE_METRICS_PORT: /healthz, /readyz and /metrics. Probes are open;
 * metrics ask for VITRINE_ADMIN_KEY where it is set, as they do in the gateway.
 *
 * @param findTrouble sentences that say why this process cannot do its work; none when it can
 */
export async function serveHealth(
  config: Config,
  metrics: Metrics,
  findTrouble: () => Promise<readonly string[]>,
  shutdown: Shutdown,
): Promise<void> {
  if (config.metricsPort === null) return;
  const answer = async (path: string, authorization: string | undefined): Promise<Answer> => {
    switch (path) {
      case '/healthz':
        return json(200, { status: 'ok', version: config.version });
      case '/readyz': {
        const reasons = shutdown.begun ? ['the process is stopping'] : await findTrouble();
        return json(reasons.length === 0 ? 200 : 503, { status: reasons.length === 0 ? 'ready' : 'not ready', reasons });
      }
      case '/metrics': {
        if (config.adminKey !== null && !isKey(authorization, config.adminKey)) return json(401, { status: 'a key is needed' });
        const { mediaType, text } = await metrics.render();
        return { status: 200, mediaType, text };
      }
      default:
        return json(404, { status: 'there is /healthz, /readyz and /metrics' });
    }
  };
  const server = createServer((request, response) => {
    const send = ({ status, mediaType, text }: Answer) => response.writeHead(status, { 'content-type': mediaType }).end(text);
    void answer(request.url ?? '/', request.headers.authorization)
      .catch(() => json(500, { status: 'failed' }))
      .then(send);
  });
  await listenOn(server, config.metricsPort, config.host);
  shutdown.register('close', 'health', () => {
    server.closeAllConnections();
    server.close();
  });
}

interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly text: string;
}

function json(status: number, body: object): Answer {
  return { status, mediaType: 'application/json', text: JSON.stringify(body) };
}

function isKey(authorization: string | undefined, key: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text, 'utf8').digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${key}`));
}

function listenOn(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
