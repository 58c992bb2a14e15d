import { describe, expect, it } from '@jest/globals';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigProblem } from './config-problem.js';
import { isLoopback, loadConfig } from './config.js';
import { findProject } from './project.js';
import { renderSettings } from './render-settings.js';
import { settings } from './settings.js';

const database = 'postgres://vitrine:hunter2@db:5432/vitrine';
const redis = 'redis://cache:6379';
const key = Buffer.alloc(32, 7).toString('base64');

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigProblem) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('is the embedded shape on loopback when nothing is set', () => {
    const { root } = findProject();
    expect(loadConfig({})).toMatchObject({
      shape: 'embedded',
      host: '127.0.0.1',
      port: 4300,
      home: join(root, '.vitrine'),
      modelsFolder: join(root, 'models'),
      adminKey: null,
      rateLimits: { perSecond: 50, burst: 200, localPerSecond: 5000 },
      quotaModelRows: null,
      webhookAllow: [],
      masterKey: null,
      allowedHosts: [],
      children: availableParallelism(),
      childMemoryBytes: 2048 * 1024 * 1024,
      logLevel: 'info',
      warnings: [],
    });
  });

  it('is the distributed shape when both servers and the master key are given', () => {
    const config = loadConfig({ DATABASE_URL: database, REDIS_URL: redis, VITRINE_MASTER_KEY: key });
    expect(config).toMatchObject({ shape: 'distributed', databaseUrl: database, redisUrl: redis });
    expect(config.masterKey?.equals(Buffer.alloc(32, 7))).toBe(true);
  });

  it.each([
    ['DATABASE_URL', { REDIS_URL: redis }, 'REDIS_URL'],
    ['REDIS_URL', { DATABASE_URL: database }, 'DATABASE_URL'],
  ] as const)('names %s as the missing one and gives both ways out', (missing, environment, present) => {
    const [problem, ...others] = problemsOf(environment);
    expect(others).toEqual([]);
    expect(problem).toContain(`${missing} is missing`);
    expect(problem).toContain(`Set ${missing} too`);
    expect(problem).toContain(`unset ${present}`);
    expect(problem).not.toContain('hunter2');
  });

  it('counts an empty value as absent', () => {
    expect(loadConfig({ DATABASE_URL: '', REDIS_URL: '', VITRINE_PORT: '' })).toMatchObject({ shape: 'embedded', port: 4300 });
    expect(problemsOf({ DATABASE_URL: '', REDIS_URL: redis })[0]).toContain('DATABASE_URL is missing');
  });

  it('refuses the distributed shape without a master key', () => {
    expect(problemsOf({ DATABASE_URL: database, REDIS_URL: redis })).toEqual([expect.stringContaining('VITRINE_MASTER_KEY is missing')]);
  });

  it.each([Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64'), 'not base64!'])(
    'refuses the master key %s',
    (value) => {
      expect(problemsOf({ VITRINE_MASTER_KEY: value })).toEqual([expect.stringContaining('VITRINE_MASTER_KEY must')]);
    },
  );

  it.each(['0', '65535'])('accepts port %s', (port) => {
    expect(loadConfig({ VITRINE_PORT: port }).port).toBe(Number(port));
  });

  it.each(['-1', '65536', '80.5', '0x50', ' 80', 'http', '1e3'])('refuses port %s', (port) => {
    expect(problemsOf({ VITRINE_PORT: port })).toEqual([expect.stringContaining('VITRINE_PORT must')]);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'vitrine.example'])('refuses to listen on %s without a key', (host) => {
    expect(problemsOf({ VITRINE_HOST: host })).toEqual([expect.stringContaining('Set VITRINE_ADMIN_KEY')]);
    expect(loadConfig({ VITRINE_HOST: host, VITRINE_ADMIN_KEY: 'k'.repeat(16) }).host).toBe(host);
  });

  it('reads host names in lower case and refuses what is none', () => {
    expect(loadConfig({ VITRINE_ALLOWED_HOSTS: 'Vitrine.Example, 10.0.0.1:8080,[::1]:4300' }).allowedHosts).toEqual([
      'vitrine.example',
      '10.0.0.1:8080',
      '[::1]:4300',
    ]);
    expect(problemsOf({ VITRINE_ALLOWED_HOSTS: 'ok, http://x/' })).toHaveLength(1);
  });

  it('takes relative folders from the project, whatever the working directory', () => {
    const before = process.cwd();
    process.chdir(tmpdir());
    try {
      expect(loadConfig({ VITRINE_HOME: 'h', VITRINE_MODELS: '/m' })).toMatchObject({
        home: join(findProject().root, 'h'),
        modelsFolder: '/m',
      });
    } finally {
      process.chdir(before);
    }
  });

  it('names every fault at once, and no secret', () => {
    const problems = problemsOf({
      VITRINE_PORT: 'x',
      VITRINE_ADMIN_KEY: 'short secret',
      VITRINE_LOG_LEVEL: 'loud',
      VITRINE_CHILDREN: '0',
      DATABASE_URL: 'mysql://u:hunter2@h/d',
      REDIS_URL: redis,
    });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'VITRINE_PORT',
      'VITRINE_ADMIN_KEY',
      'DATABASE_URL',
      'VITRINE_CHILDREN',
      'VITRINE_LOG_LEVEL',
      'VITRINE_MASTER_KEY',
    ]);
    expect(problems.join()).not.toMatch(/hunter2|short secret/);
  });

  it('warns of a VITRINE_ variable that does not exist', () => {
    expect(loadConfig({ VITRINE_PROT: '80', PATH: '/bin' }).warnings).toEqual([expect.stringContaining('VITRINE_PROT')]);
  });

  it('is frozen', () => {
    const config = loadConfig({});
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.allowedHosts)).toBe(true);
  });
});

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', 'localhost', 'LOCALHOST'])('%s is', (host) => expect(isLoopback(host)).toBe(true));
  it.each(['0.0.0.0', '::', '128.0.0.1', 'localhost.example', '10.0.0.1', '::2'])('%s is not', (host) =>
    expect(isLoopback(host)).toBe(false),
  );
});

describe('renderSettings', () => {
  it('has a row for every setting', () => {
    const page = renderSettings();
    for (const name of Object.keys(settings)) expect(page).toContain(`| \`${name}\` |`);
  });
});
