import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, type Json } from '../support/platform.js';

const run = promisify(execFile);
const REGISTRY = 'libs/explainers/src/registry.ts';
const STANDALONE = 'apps/standalone/src/standalone.ts';

let clone: string;
beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'vitrine-clone-'));
  for (const part of ['apps', 'libs', 'prisma', 'models', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'dist'])
    await cp(join(root, part), join(clone, part), { recursive: true, preserveTimestamps: true });
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'));
}, 60_000);
afterAll(async () => {
  await rm(clone, { recursive: true, force: true });
});

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const before = await readFile(join(clone, file), 'utf8');
  const after = change(before);
  expect(after).not.toBe(before);
  await writeFile(join(clone, file), after);
}

async function build(): Promise<void> {
  await run(process.execPath, [join(clone, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], { cwd: clone });
}

interface Started {
  readonly child: ChildProcess;
  /** The address, or null when the process ended before it listened. */
  readonly url: string | null;
  readonly code: number | null;
  readonly errors: string;
}

function start(): Promise<Started> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(clone, 'dist', 'apps', 'standalone', 'src', 'main.js')], {
      cwd: clone,
      env: { PATH: process.env['PATH'] ?? '', VITRINE_HOME: join(clone, 'home'), VITRINE_PORT: '0', VITRINE_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      const url = /listening on (http:\/\/\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve({ child, url, code: null, errors });
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.on('close', (code) => resolve({ child, url: null, code, errors }));
  });
}

async function stop({ child }: Started): Promise<void> {
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

async function ask(url: string, init?: RequestInit): Promise<Json> {
  return (await (await fetch(url, init)).json()) as Json;
}

describe('a new method', () => {
  it('is one folder and one line: its route, its OpenAPI and its worker are there', async () => {
    const folder = join(clone, 'libs', 'explainers', 'src', 'first-half');
    await mkdir(folder, { recursive: true });
    await cp(join(root, 'test', 'support', 'toy-method', 'first-half.ts.txt'), join(folder, 'first-half.ts'));
    await edit(
      REGISTRY,
      (text) =>
        `import { firstHalf } from './first-half/first-half.js';\n${text.replace(/(export const explainers[^=]*= \[)/, '$1firstHalf, ')}`,
    );
    await build();
    const platform = await start();
    expect(platform.errors).toBe('');
    const { url } = platform;
    try {
      const methods = (await ask(`${String(url)}/v1/methods`))['items'] as Json[];
      expect(methods.map((method) => method['id'])).toContain('first-half');
      expect(JSON.stringify(await ask(`${String(url)}/openapi.json`))).toContain('FirstHalfRequest');
      const features = {
        age: 40,
        workclass: 'Private',
        education_num: 9,
        marital_status: 'Divorced',
        occupation: 'Sales',
        relationship: 'Husband',
        race: 'White',
        sex: 'Male',
        capital_gain: 0,
        capital_loss: 0,
        hours_per_week: 40,
        native_country: 'Cuba',
      };
      const body = JSON.stringify({
        method: 'first-half',
        model: { name: 'adult-lightgbm' },
        input: { features },
        params: { share: 0.25 },
      });
      const job = await ask(`${String(url)}/v1/jobs`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', prefer: 'wait=20' },
      });
      expect(job).toMatchObject({ state: 'SUCCEEDED' });
      const explanation = await ask(`${String(url)}/v1/explanations/${String(job['explanationId'])}`);
      const [[first = NaN, second = NaN] = []] = explanation['attributions'] as number[][];
      expect(first * 3).toBeCloseTo(second, 12);
      const wrong = await ask(`${String(url)}/v1/jobs`, {
        method: 'POST',
        body: body.replace('0.25', '2'),
        headers: { 'content-type': 'application/json' },
      });
      expect(wrong).toMatchObject({ errors: [{ pointer: '/params/share' }] });
    } finally {
      await stop(platform);
    }
  }, 240_000);

  it('that two handlers would take stops the start, by name', async () => {
    await edit(REGISTRY, (text) => text.replace('[firstHalf, ', '[firstHalf, firstHalf, '));
    await build();
    const { code, errors } = await start();
    expect(code).toBe(3);
    expect(errors).toContain('first-half has two handlers');
  }, 120_000);

  it('that no handler would take stops the start, by name', async () => {
    await edit(REGISTRY, (text) => text.replace('[firstHalf, firstHalf, ', '[firstHalf, '));
    await edit(STANDALONE, (text) => text.replace(' LimeWorkerModule, ShapWorkerModule]', ' ShapWorkerModule]'));
    await build();
    const { code, errors } = await start();
    expect(code).toBe(3);
    expect(errors).toContain('first-half has no handler');
    expect(errors).toContain('lime-text has no handler');
  }, 120_000);
});
