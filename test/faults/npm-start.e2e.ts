import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/fault-jobs.js';
import { descendants, processorTicks, root } from '../support/platform.js';

describe('npm start', () => {
  it('ends the platform when SIGTERM reaches npm alone', async () => {
    const home = await mkdtemp(join(tmpdir(), 'vitrine-npm-'));
    const npm = spawn('npm', ['start'], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', HOME: home, VITRINE_HOME: home, VITRINE_PORT: '0', VITRINE_CHILDREN: '1' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true, // a group of its own, as under a service manager
    });
    let text = '';
    npm.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    await until(
      () => Promise.resolve(text),
      (seen) => seen.includes('listening on http'),
    );
    const pid = npm.pid ?? 0;
    const family = await descendants(pid);
    expect(family.length).toBeGreaterThan(2);
    process.kill(pid, 'SIGTERM');
    // All of them: npm's shell, the platform, its children and its database.
    await until(
      async () => (await Promise.all(family.map(processorTicks))).filter((ticks) => ticks > 0).length,
      (alive) => alive === 0,
    );
    await rm(home, { recursive: true, force: true });
  }, 240_000);
});
