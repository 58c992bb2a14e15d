import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThis } from '../support/guard.js';
import { descendants, processorTicks, root } from '../support/platform.js';
import { until } from '../support/until.js';

describe('npm start', () => {
  it('ends the platform when SIGTERM reaches npm alone', async () => {
    const home = await mkdtemp(join(tmpdir(), 'vitrine-npm-'));
    const npm = spawn('npm', ['start'], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, VITRINE_HOME: home, VITRINE_PORT: '0', VITRINE_CHILDREN: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true, // a group of its own, as under a service manager
    });
    const pid = npm.pid ?? 0;
    npm.once('exit', endWithThis(pid));
    let family: number[] = [];
    try {
      let text = '';
      npm.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      await until(
        'the address of the platform',
        () => text,
        (seen) => seen.includes('listening on http'),
      );
      family = await descendants(pid);
      expect(family.length).toBeGreaterThan(2);
      process.kill(pid, 'SIGTERM');
      // All of them: npm's shell, the platform, its children and its database.
      await until(
        'the end of every process',
        async () => (await findAlive(family)).length,
        (alive) => alive === 0,
      );
    } finally {
      // What a failed test leaves: the group, and the database, which has a group of its own.
      for (const left of await findAlive([pid, ...family])) process.kill(left, 'SIGKILL');
      await rm(home, { recursive: true, force: true });
    }
  }, 240_000);
});

async function findAlive(pids: readonly number[]): Promise<number[]> {
  const ticks = await Promise.all(pids.map(processorTicks));
  return pids.filter((_, index) => (ticks[index] ?? 0) > 0);
}
