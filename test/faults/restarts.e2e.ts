import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Endings } from '../support/endings.js';
import { toyJob, writeToyModels } from '../support/fault-jobs.js';
import { hasRedis, startOwnServers } from '../support/own-servers.js';
import { Platform, type Shape } from '../support/platform.js';

/** Ten by hand: RESTARTS=10 npm run test:faults restarts. */
const RESTARTS = Number(process.env['RESTARTS'] ?? '3');

describe.each<Shape>(hasRedis ? ['embedded', 'distributed'] : ['embedded'])('F21: SIGTERM under load in the %s shape', (shape) => {
  const endings = new Endings();
  let platform: Platform;
  beforeAll(async () => {
    const models = await endings.keep(mkdtemp(join(tmpdir(), 'vitrine-models-')), (folder) => rm(folder, { recursive: true }));
    await writeToyModels(models);
    const servers = shape === 'distributed' ? { servers: (await startOwnServers(endings)).servers } : {};
    platform = await endings.keep(Platform.start({ shape, ...servers, environment: { VITRINE_MODELS: models } }), (one) => one.stop());
  }, 240_000);
  afterAll(() => endings.run(), 60_000);

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
    try {
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
    } finally {
      loading = false;
      await Promise.all(loads);
    }
    expect(odd).toEqual([]);
    expect(accepted.length).toBeGreaterThan(RESTARTS);
    for (const id of accepted) expect(await platform.finished(id)).toMatchObject({ state: 'SUCCEEDED' });
    process.stderr.write(`F21 (${shape}): ${accepted.length} jobs over ${RESTARTS} restarts, none lost\n`);
  }, 600_000);
});
