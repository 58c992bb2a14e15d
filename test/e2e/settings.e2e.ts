import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/platform.js';

function startApp(app: string, environment: Record<string, string>): Promise<{ code: number | null; errors: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'dist', 'apps', app, 'src', 'main.js')], {
      cwd: tmpdir(),
      env: { PATH: process.env['PATH'] ?? '', VITRINE_PORT: '0', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.on('exit', (code) => resolve({ code, errors }));
  });
}

describe('settings', () => {
  it.each([
    ['DATABASE_URL', 'REDIS_URL', 'postgres://127.0.0.1:5432/test'],
    ['REDIS_URL', 'DATABASE_URL', 'redis://127.0.0.1:6379'],
  ])('with %s alone are refused, and %s is named as missing', async (given, missing, value) => {
    for (const app of ['standalone', 'gateway', 'shap-worker']) {
      const { code, errors } = await startApp(app, { [given]: value });
      expect(code).toBe(2);
      expect(errors).toContain(`${missing} is missing`);
      expect(errors).not.toMatch(/\n\s+at /);
    }
  });

  it('that would open the door to others without a key are refused', async () => {
    const { code, errors } = await startApp('standalone', { VITRINE_HOST: '0.0.0.0' });
    expect(code).toBe(2);
    expect(errors).toContain('VITRINE_ADMIN_KEY');
  });

  it('that name a port which is taken are refused with the way out, before anything is started', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const home = join(tmpdir(), `vitrine-never-made-${port}`);
      const { code, errors } = await startApp('standalone', { VITRINE_PORT: String(port), VITRINE_HOME: home });
      expect(code).toBe(2);
      expect(errors).toMatch(new RegExp(`^port ${port} of 127\\.0\\.0\\.1 is taken, perhaps by another Vitrine; set VITRINE_PORT`));
      expect(errors).not.toMatch(/\n\s+at /);
      expect(existsSync(home)).toBe(false);
    } finally {
      other.close();
    }
  });

  it('of the embedded shape do not start a worker on its own', async () => {
    const { code, errors } = await startApp('lime-worker', {});
    expect(code).toBe(2);
    expect(errors).toContain('npm start');
  });
});
