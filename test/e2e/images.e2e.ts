import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readGoldenTensors } from '#testing';
import { compareImageOcclusion } from '../golden/compare/image-occlusion.js';
import { Platform, root, type Json } from '../support/platform.js';

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
}, 120_000);
afterAll(async () => {
  await platform.stop();
}, 60_000);

const folder = (model: string) => join(root, 'models', model, 'examples');
const base64 = (path: string) => readFileSync(path).toString('base64');
const digit = join(folder('digits-resnet'), '09-digit-8-6.png');
const ask = (more: object = {}, image: object = {}) => ({
  method: 'occlusion',
  model: { name: 'digits-resnet' },
  input: { image: { mediaType: 'image/png', base64: base64(digit), ...image } },
  seed: 7,
  ...more,
});

async function readMap(explanation: Json): Promise<readonly number[]> {
  const { status, text } = await platform.call('GET', `/v1/explanations/${String(explanation['id'])}/tensors/map?format=json`);
  expect(status).toBe(200);
  return ((JSON.parse(text) as Json)['values'] ?? (JSON.parse(text) as Json)['data']) as readonly number[];
}

describe('an image model', () => {
  it.each(['digits-resnet', 'digits-vit'])('%s is registered, and says how it reads pictures', async (model) => {
    const version = (await platform.call('GET', `/v1/models/${model}/versions/1`)).json();
    expect(version).toMatchObject({ state: 'ACTIVE', task: 'image-classification' });
    const capabilities = (await platform.call('GET', `/v1/models/${model}/versions/1/capabilities`)).json();
    expect(capabilities).toMatchObject({ image: { height: 64, width: 64, channels: 3, layout: 'NCHW', resample: 'box' } });
    expect(capabilities['methods']).toContain('occlusion');
  });

  it.each(['digits-resnet', 'digits-vit'])(
    'occlusion of %s over REST is that of a reference made with other software',
    async (model) => {
      const images = readdirSync(folder(model))
        .filter((file) => !file.endsWith('-256.png'))
        .sort()
        .map((file) => base64(join(folder(model), file)));
      const comparisons = await compareImageOcclusion(
        model,
        readGoldenTensors(`image/${model}.occlusion.safetensors.gz`),
        images,
        async (request) => {
          const explanation = await platform.explain(request);
          return { explanation, map: await readMap(explanation) };
        },
      );
      expect(comparisons).toHaveLength(14);
      expect(comparisons.filter((one) => !one.ok)).toEqual([]);
    },
    240_000,
  );
});

describe('an explanation of a picture', () => {
  it('names the picture by its hash, and repeats itself', async () => {
    const first = await platform.explain(ask());
    const sha256 = createHash('sha256').update(readFileSync(digit)).digest('hex');
    expect(first['input']).toEqual({ image: { mediaType: 'image/png', sha256, width: 64, height: 64 } });
    expect(first['params']).toMatchObject({ window: 8, stride: 4, players: 'windows', masker: 'grey' });
    expect((first['features'] as Json[])[1]).toEqual({ name: 'rows 0-7, columns 4-11', rows: [0, 8], columns: [4, 12] });
    expect(JSON.stringify(first)).not.toContain(base64(digit).slice(0, 200));
    const again = await platform.explain(ask({ cache: 'bypass' }));
    expect(again['resultHash']).toBe(first['resultHash']);
    // The larger file shows the same pixels: another picture in the record, the same numbers.
    const large = await platform.explain(ask({}, { base64: base64(join(folder('digits-resnet'), '09-digit-8-6-256.png')) }));
    expect(large['attributions']).toEqual(first['attributions']);
    expect(large['input']).toMatchObject({ image: { width: 256, height: 256 } });
    expect(large['resultHash']).not.toBe(first['resultHash']);
  }, 120_000);

  it('is planned without being run', async () => {
    const answer = await platform.call('POST', '/v1/jobs', ask({ validateOnly: true, params: { window: 16, stride: 16 } }));
    expect(answer.status).toBe(200);
    expect(answer.json()).toMatchObject({ valid: true, estimatedEvaluations: 18 });
    expect(answer.json()['features']).toHaveLength(16);
  }, 60_000);

  it('is a page and a picture too', async () => {
    const { id } = await platform.explain(ask());
    for (const accept of ['text/html', 'image/svg+xml']) {
      const answer = await platform.call('GET', `/v1/explanations/${String(id)}`, undefined, { accept });
      expect([answer.status, /rows \d+-\d+, columns \d+-\d+/.test(answer.text)]).toEqual([200, true]);
    }
  }, 60_000);

  it('is not found by words of its request', async () => {
    await platform.explain(ask());
    for (const q of ['png', 'image']) {
      const found = (await platform.call('GET', `/v1/explanations?q=${q}`)).json();
      expect(found['items']).toEqual([]);
    }
  }, 60_000);
});

describe('a picture that cannot be explained', () => {
  const png = readFileSync(digit);
  const refused: readonly (readonly [string, object, string, string])[] = [
    ['a media type that the bytes deny', ask({}, { mediaType: 'image/jpeg' }), 'IMAGE_INVALID', '/input/image/mediaType'],
    ['another format', ask({}, { base64: Buffer.from('GIF89a........').toString('base64') }), 'IMAGE_INVALID', '/input/image/base64'],
    ['no base64', ask({}, { base64: 'not base64!' }), 'IMAGE_INVALID', '/input/image/base64'],
    ['too many bytes', ask({}, { base64: 'A'.repeat(13_333_340) }), 'IMAGE_TOO_LARGE', '/input/image/base64'],
    ['a method of other inputs', ask({ method: 'kernel-shap' }), 'METHOD_NOT_APPLICABLE', '/method'],
    ['a text for an image model', ask({ input: { text: 'a digit' } }), 'INPUT_KIND_MISMATCH', '/input'],
    ['a picture for a text model', ask({ model: { name: 'sst2-minilm' } }), 'INPUT_KIND_MISMATCH', '/input'],
    ['a picture for a table', ask({ model: { name: 'adult-lightgbm' } }), 'INPUT_KIND_MISMATCH', '/input'],
    ['a class that is not there', ask({ target: { class: 'ten' } }), 'CLASS_UNKNOWN', '/target/class'],
  ];
  it.each(refused)('%s', async (_what, body, code, pointer) => {
    for (const validateOnly of [false, true]) {
      const answer = await platform.call('POST', '/v1/jobs', { ...body, validateOnly });
      const problem = answer.json();
      expect([answer.status, problem['code']]).toEqual([422, code]);
      expect((problem['errors'] as Json[]).map((error) => error['pointer'])).toContain(pointer);
      expect(problem['remedy']).toEqual(expect.any(String));
      expect(answer.text.length).toBeLessThan(4000);
    }
  });

  it('another media type is a violation of the schema', async () => {
    const answer = await platform.call('POST', '/v1/jobs', ask({}, { mediaType: 'image/webp' }));
    expect([answer.status, answer.json()['code']]).toEqual([422, 'SCHEMA_VIOLATION']);
  });

  it('damage behind the header fails the job, or the plan', async () => {
    const damaged = Buffer.from(png);
    damaged.fill(0x55, 100, 400);
    const body = ask({}, { base64: damaged.toString('base64') });
    const planned = await platform.call('POST', '/v1/jobs', { ...body, validateOnly: true });
    expect([planned.status, planned.json()['code']]).toEqual([422, 'IMAGE_INVALID']);
    const job = await platform.run(body);
    expect(job).toMatchObject({ state: 'FAILED', error: { code: 'IMAGE_INVALID' } });
    // The picture itself is in the sealed request: the same run can be made again.
    const retried = await platform.call('POST', `/v1/jobs/${String(job['id'])}/retry`);
    expect(retried.status).toBe(201);
    const again = await platform.finished(String(retried.json()['id']));
    expect(again['error']).toMatchObject({ detail: (job['error'] as Json)['detail'] });
  }, 60_000);
});

describe('the size of a body', () => {
  // A PNG may hold what it likes after its end.
  const padded = (bytes: number) => Buffer.concat([readFileSync(digit), Buffer.alloc(bytes - readFileSync(digit).length)]);

  it('may be 14 MiB with a picture', async () => {
    const explanation = await platform.explain(ask({}, { base64: padded(10_000_000).toString('base64') }));
    expect(explanation['input']).toMatchObject({ image: { width: 64, height: 64 } });
  }, 120_000);

  it('is 1 MiB for all the rest', async () => {
    const labels = Object.fromEntries(Array.from({ length: 32 }, (_, at) => [`l${at}`, 'x'.repeat(256)]));
    const rest = await platform.call('POST', '/v1/jobs', {
      ...ask({}, { base64: padded(2_000_000).toString('base64') }),
      labels,
      purpose: 'x'.repeat(2 ** 20),
    });
    expect([rest.status, rest.json()['code']]).toEqual([413, 'BODY_TOO_LARGE']);
    const text = await platform.call('POST', '/v1/jobs', {
      method: 'kernel-shap',
      model: { name: 'sst2-minilm' },
      input: { text: 'a '.repeat(2 ** 20) },
    });
    expect([text.status, text.json()['code']]).toEqual([413, 'BODY_TOO_LARGE']);
    const huge = await platform.call('POST', '/v1/jobs', ask({}, { base64: 'A'.repeat(15 * 2 ** 20) }));
    expect([huge.status, huge.json()['code']]).toEqual([413, 'BODY_TOO_LARGE']);
    expect(huge.headers.get('content-type')).toContain('application/problem+json');
  }, 60_000);
});
