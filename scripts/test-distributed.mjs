import { connect } from 'node:net';
import { prepare } from './setup/prepare.mjs';
import { conclude, runJest } from './setup/jest.mjs';
import { main } from './setup/run.mjs';

const database = process.env.DATABASE_URL ?? 'postgresql://root@127.0.0.1:5432/test';
const redis = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';

await main(async () => {
  await prepare();
  const missing = [];
  for (const [name, url, port] of [
    ['PostgreSQL', database, 5432],
    ['Redis', redis, 6379],
  ]) {
    const { hostname, port: given } = new URL(url);
    const address = `${hostname}:${given || port}`;
    if (!(await answers(hostname, Number(given || port)))) missing.push(`${name} at ${address}`);
  }
  if (missing.length > 0) {
    const reason = `no server answers: ${missing.join(', ')}`;
    if (process.env.CI === 'true') return conclude({ passed: 0, failed: 0, skipped: [], problems: [reason] });
    return conclude({
      passed: 0,
      failed: 0,
      skipped: [`the end-to-end suite in the distributed shape [skipped: ${reason}]`],
      problems: [],
    });
  }
  const env = { VITRINE_TEST_SHAPE: 'distributed', VITRINE_TEST_DATABASE_URL: database, VITRINE_TEST_REDIS_URL: redis };
  return conclude(await runJest(['distributed'], { inBand: true, env, args: process.argv.slice(2) }));
});

function answers(host, port) {
  return new Promise((settle) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port, timeout: 3_000 });
    const end = (answer) => {
      socket.destroy();
      settle(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
