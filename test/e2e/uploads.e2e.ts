import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { calmModel } from '#testing';
import { Platform, root, type Json } from '../support/platform.js';
import { register, upload, validated, type ModelFiles } from '../support/upload.js';

let platform: Platform;
let calm: ModelFiles;
beforeAll(async () => {
  const { onnx, manifest, background } = calmModel();
  calm = { 'model.onnx': onnx, 'model.json': JSON.stringify(manifest), 'background.csv': background };
  platform = await Platform.start();
}, 180_000);
afterAll(() => platform.stop(), 60_000);

const bundled = (path: string) => readFile(join(root, path));
const digest = (bytes: Uint8Array | string) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
const part = (name: string, content: string, ...headers: string[]) =>
  [`--b`, `content-disposition: form-data; name="${name}"`, ...headers, '', content, ''].join('\r\n');
const send = (body: string, headers: Record<string, string> = {}) =>
  platform.call('POST', '/v1/models/calm/versions', body, { 'content-type': 'multipart/form-data; boundary=b', ...headers });

describe('a folder as an exporter leaves it', () => {
  it.each<[string, readonly string[], object]>([
    [
      'Hugging Face',
      ['models/sst2-minilm/model.onnx', 'models/sst2-minilm/tokenizer.json', 'models/sst2-minilm/config.json'],
      { task: 'text-classification', classes: ['negative', 'positive'] },
    ],
    ['LightGBM', ['models/adult-lightgbm/model.onnx'], { task: 'tabular-classification', classes: ['0', '1'] }],
    ['LightGBM with its ZipMap', ['test/models/adult-lightgbm-zipmap/model.onnx'], { task: 'tabular-classification', classes: ['0', '1'] }],
  ])('of %s needs no manifest', async (name, paths, expected) => {
    const model = name.replaceAll(' ', '-');
    const files = Object.fromEntries(
      await Promise.all(paths.map(async (path) => [path.split('/').at(-1) ?? '', await bundled(path)] as const)),
    );
    expect(await register(platform, model, files)).toMatchObject({ state: 'ACTIVE', reasons: [], aliases: ['production'], ...expected });
  });

  it('of a language model without a manifest is known by its architecture, and may bring a file with a cache', async () => {
    const files = async (...names: string[]) =>
      Object.fromEntries(await Promise.all(names.map(async (name) => [name, await bundled(`models/stories260k/${name}`)] as const)));
    const plain = await files('model.onnx', 'tokenizer.json', 'config.json');
    const generation = { 'generation_config.json': '{"eos_token_id":[2,1]}' };
    expect(await register(platform, 'stories', { ...plain, ...generation })).toMatchObject({ state: 'ACTIVE', task: 'causal-lm' });
    const cached = { ...plain, ...(await files('model-kv.onnx', 'model.json')) };
    expect(await register(platform, 'stories', cached)).toMatchObject({ state: 'ACTIVE', version: '2' });
    const generationOf = async (version: string) =>
      (await platform.call('GET', `/v1/models/stories/versions/${version}/capabilities`)).json()['generation'];
    expect(await Promise.all(['1', '2'].map(generationOf))).toEqual([
      { contextLength: 512, kvCache: false },
      { contextLength: 512, kvCache: true },
    ]);
  });

  it('is told what is missing where nothing says the categories', async () => {
    const version = await register(platform, 'text-columns', { 'model.onnx': await bundled('models/german-credit-logistic/model.onnx') });
    expect(version).toMatchObject({
      state: 'REJECTED',
      reasons: [{ code: 'MODEL_UNSUPPORTED', remedy: expect.stringContaining('model.json') }],
    });
  });
});

describe('an upload', () => {
  it('of the same bytes has the same hash, and the next version', async () => {
    const first = await register(platform, 'calm', calm);
    const second = await register(platform, 'calm', calm);
    expect([first['version'], second['version'], second['sha256']]).toEqual(['1', '2', first['sha256']]);
    expect(first['files']).toEqual(second['files']);
    expect([first['aliases'], second['aliases']]).toEqual([['production'], []]);
  });

  it('of a version that is there is refused, and so are wrong digests and strange names', async () => {
    const answers = await Promise.all([
      send(`${part('model.onnx', 'x')}${part('version', '1')}--b--\r\n`),
      send(`${part('model.onnx', 'x', `repr-digest: ${digest('y')}`)}--b--\r\n`),
      send(`${part('model.onnx', 'x')}--b--\r\n`, { 'repr-digest': digest('y') }),
      ...['../model.onnx', 'a/b', 'a\\b', '.env', 'nul', 'x.'].map((name) => send(`${part('model.onnx', 'x')}${part(name, 'x')}--b--\r\n`)),
      send(`${part('model.onnx', 'x')}${part('Model.ONNX', 'x')}--b--\r\n`),
      send(`${part('tokenizer.json', 'x')}--b--\r\n`),
      send(part('model.onnx', 'x')),
      send('PK', { 'content-type': 'application/zip' }),
      send(`${part('model.onnx', 'x')}--b--\r\n`, { 'content-encoding': 'gzip' }),
    ]);
    expect(answers.map((answer) => `${answer.status} ${String(answer.json()['code'])}`)).toEqual([
      '409 CONFLICT',
      '422 DIGEST_MISMATCH',
      '422 DIGEST_MISMATCH',
      ...Array.from({ length: 8 }, () => '422 PART_REFUSED'),
      '400 MULTIPART_MALFORMED',
      '415 UNSUPPORTED_MEDIA_TYPE',
      '415 UNSUPPORTED_MEDIA_TYPE',
    ]);
    expect(await readdir(join(platform.home, 'files', 'incoming'))).toEqual([]);
  });

  it('with the right digests is taken', async () => {
    const body = `${part('model.onnx', 'x', `repr-digest: ${digest('x')}`)}--b--\r\n`;
    const answer = await send(body, { 'repr-digest': digest(body) });
    expect(answer.status).toBe(202);
    expect(await validated(platform, 'calm', String(answer.json()['version']))).toMatchObject({
      state: 'REJECTED',
      reasons: [{ code: 'INVALID_PROTOBUF' }],
    });
  });

  it('with a file of no use is REJECTED, and its files are not kept', async () => {
    const kept = () => readdir(join(platform.home, 'files', 'models', 'default'));
    const before = await kept();
    const version = await register(platform, 'calm', { ...calm, 'package.json': '{}' });
    expect(version).toMatchObject({ state: 'REJECTED', reasons: [{ code: 'FILE_UNEXPECTED' }] });
    // The files of an upload rejected earlier may go meanwhile: what matters is that none came.
    const added = async () => (await kept()).filter((name) => !before.includes(name));
    for (let tries = 0; tries < 200 && (await added()).length > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await added()).toEqual([]);
  });

  it('that a client leaves half-way leaves nothing', async () => {
    const { hostname, port } = new URL(platform.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/models/calm/versions HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 900000\r\n\r\n`,
    );
    socket.write(part('model.onnx', 'x'.repeat(200_000)));
    const incoming = join(platform.home, 'files', 'incoming');
    while ((await readdir(incoming)).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    socket.destroy();
    while ((await readdir(incoming)).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await readdir(incoming)).toEqual([]);
  });
});

describe('versions', () => {
  const ask = { method: 'exact-shap', model: { name: 'kept' }, input: { features: { signal: 0, other: 0, trigger: 0 } }, seed: 1 };

  it('get aliases while they are ACTIVE, and are kept while explanations need them', async () => {
    await register(platform, 'kept', calm);
    await register(platform, 'kept', calm);
    await register(platform, 'kept', { 'model.onnx': 'x' });
    const point = (alias: string, version: string) => platform.call('POST', `/v1/models/kept/aliases/${alias}`, { version });
    expect((await point('canary', '2')).json()).toMatchObject({ version: '2', aliases: ['canary'] });
    expect((await point('canary', '3')).json()).toMatchObject({ status: 422, code: 'MODEL_NOT_ACTIVE' });
    expect((await point('canary', '9')).json()).toMatchObject({ status: 422, code: 'MODEL_VERSION_UNKNOWN' });
    await platform.explain(ask);
    expect((await platform.call('DELETE', '/v1/models/kept/versions/1')).json()).toMatchObject({ status: 409, code: 'VERSION_IN_USE' });
    expect((await platform.call('DELETE', '/v1/models/kept/versions/1?force=true')).json()).toMatchObject({
      forced: true,
      explanations: 1,
      aliases: ['production'],
    });
    expect((await platform.call('GET', '/v1/models/kept/versions/1')).status).toBe(404);
    expect((await platform.call('POST', '/v1/jobs', { ...ask, model: { name: 'kept', version: '1' } })).json()).toMatchObject({
      status: 422,
      code: 'MODEL_VERSION_UNKNOWN',
    });
    const { body } = await upload(platform, 'kept', calm);
    expect(body['version']).toBe('4');
  });
});

describe('a platform that is killed while versions wait', () => {
  it('validates every one of them after its next start', async () => {
    const received = await Promise.all(Array.from({ length: 6 }, () => upload(platform, 'killed', calm)));
    const versions = received.map(({ body }) => String(body['version']));
    expect(new Set(versions).size).toBe(6);
    const states = async () =>
      ((await platform.call('GET', '/v1/models/killed/versions')).json()['items'] as Json[]).map((one) => one['state']);
    expect(await states()).toContain('VALIDATING');
    await platform.end('SIGKILL');
    platform = await Platform.start({ resume: platform });
    for (const version of versions) expect(await validated(platform, 'killed', version)).toMatchObject({ state: 'ACTIVE' });
    expect(await readdir(join(platform.home, 'files', 'incoming'))).toEqual([]);
  }, 180_000);
});
