import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { toyJob, writeToyModels } from '../support/fault-jobs.js';
import { hasRedis, OwnPostgres, OwnRedis } from '../support/own-servers.js';
import { Platform, type Shape } from '../support/platform.js';

/** Ten by hand: RESTARTS=10 node scripts/test.mjs restarts. */
const RESTARTS = Number(process.env['RESTARTS'] ?? '3');

describe.each<Shape>(hasRedis ? ['embedded', 'distributed'] : ['embedded'])('F21: SIGTERM under load in the %s shape', (shape) => {
  let models: string;
  let servers: { readonly redis: OwnRedis; readonly postgres: OwnPostgres } | null = null;
  let platform: Platform;
  beforeAll(async () => {
    models = await mkdtemp(join(tmpdir(), 'vitrine-models-'));
    await writeToyModels(models);
    if (shape === 'distributed') servers = { redis: await OwnRedis.start(), postgres: await OwnPostgres.start() };
    platform = await Platform.start({
      shape,
      ...(servers === null ? {} : { servers: { databaseUrl: servers.postgres.url, redisUrl: servers.redis.url } }),
      environment: { VITRINE_MODELS: models },
    });
  }, 240_000);
  afterAll(async () => {
    await platform.stop();
    await servers?.redis.stop();
    await servers?.postgres.stop();
    await rm(models, { recursive: true, force: true });
  }, 60_000);

  it('loses nothing, answers 503 with Retry-After at worst, and every process ends well', async () => {
    const accepted: string[] = [];
    const odd: unknown[] = [];
    let loading = true;
    const load = async () => {
      while (loading) {
        try {
          const answer = await platform.call('POST', '/v1/jobs', toyJob('slow', 5));
          if (answer.status === 202) accepted.push(String(answer.json()['id']));
          else if (answer.status !== 503 || answer.headers.get('retry-after') === null) odd.push([answer.status, answer.text]);
        } catch (error) {
          // Between two lives nobody listens; a connection that breaks after the request was sent has an answer owing.
          const { code } = (error as { cause?: { code?: string } }).cause ?? {};
          if (code !== 'ECONNREFUSED') odd.push(String(code ?? error));
        }
        await pause(400);
      }
    };
    const loads = [load(), load()];
    for (let restart = 0; restart < RESTARTS; restart++) {
      await pause(1500);
      for (const [name, app] of [...platform.apps]) {
        app.process.kill('SIGTERM');
        expect([name, await app.exited]).toEqual([name, 0]);
        await platform.startApp(
          app.app,
          name,
          name === 'gateway' || name === 'standalone' ? { VITRINE_PORT: new URL(platform.url).port } : {},
        );
      }
    }
    loading = false;
    await Promise.all(loads);
    expect(odd).toEqual([]);
    expect(accepted.length).toBeGreaterThan(RESTARTS);
    for (const id of accepted) expect(await platform.finished(id)).toMatchObject({ state: 'SUCCEEDED' });
    process.stderr.write(`F21 (${shape}): ${accepted.length} jobs over ${RESTARTS} restarts, none lost\n`);
  }, 600_000);
});
