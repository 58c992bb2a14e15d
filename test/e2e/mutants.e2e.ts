import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { problemCodes } from '#platform';
import { buildOnnxModel, calmModel } from '#testing';
import { Platform, root, type Json } from '../support/platform.js';
import { register, upload, validated, type ModelFiles } from '../support/upload.js';

// Damaged models and tokenizers; scripts/mutants.mjs sets how many, and from which seed.
const count = Number(process.env['VITRINE_MUTANTS'] ?? 27);
const seed = Number(process.env['VITRINE_MUTANTS_SEED'] ?? 1);
const atOnce = 4;

let platform: Platform;
let originals: { readonly name: string; readonly files: ModelFiles; readonly damaged: string }[];

beforeAll(async () => {
  platform = await Platform.start({ environment: { VITRINE_CHILD_MEMORY_MB: '1024' } });
  const bundled = async (model: string): Promise<ModelFiles> => {
    const names = ['model.onnx', 'model.json', 'background.csv'];
    const contents = await Promise.all(names.map((name) => readFile(join(root, 'models', model, name))));
    return {
      ...Object.fromEntries(names.map((name, index) => [name, contents[index] ?? ''])),
      ...(model === 'adult-lightgbm' && { 'covers.json': await readFile(join(root, 'models', model, 'covers.json')) }),
    };
  };
  const tokenizer = await readFile(join(root, 'models', 'sst2-minilm', 'tokenizer.json'));
  const text = {
    'model.onnx': tinyTextModel(),
    'tokenizer.json': tokenizer,
    'config.json': '{"id2label":{"0":"no","1":"yes"},"max_position_embeddings":32}',
  };
  const stories = async (name: string) => readFile(join(root, 'models', 'stories260k', name));
  const language = {
    'model.onnx': await stories('model-kv.onnx'),
    'tokenizer.json': await stories('tokenizer.json'),
    'config.json': await stories('config.json'),
  };
  const { onnx, manifest, background } = calmModel();
  const calm = { 'model.onnx': onnx, 'model.json': JSON.stringify(manifest), 'background.csv': background };
  originals = [
    { name: 'trees', files: await bundled('adult-lightgbm'), damaged: 'model.onnx' },
    { name: 'linear', files: await bundled('german-credit-logistic'), damaged: 'model.onnx' },
    { name: 'toy', files: calm, damaged: 'model.onnx' },
    { name: 'text', files: text, damaged: 'model.onnx' },
    { name: 'tokenizer', files: text, damaged: 'tokenizer.json' },
    { name: 'manifest', files: calm, damaged: 'model.json' },
    { name: 'language', files: language, damaged: 'model.onnx' },
    { name: 'language-tokenizer', files: language, damaged: 'tokenizer.json' },
    { name: 'language-config', files: language, damaged: 'config.json' },
  ];
  for (const { name, files } of originals) expect(await register(platform, `whole-${name}`, files)).toMatchObject({ state: 'ACTIVE' });
}, 180_000);
afterAll(() => platform.stop(), 60_000);

/** Mean of token embeddings of two numbers each. */
function tinyTextModel(): Uint8Array {
  return buildOnnxModel({
    inputs: [{ name: 'input_ids', type: 'int64', shape: ['rows', 'tokens'] }],
    outputs: [{ name: 'logits', type: 'float32', shape: ['rows', 2] }],
    tensors: [
      { name: 'table', type: 'float32', shape: [30_522, 2], values: Array.from({ length: 61_044 }, (_, index) => Math.sin(index)) },
    ],
    nodes: [
      { op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['embedded'] },
      { op: 'ReduceMean', inputs: ['embedded'], outputs: ['logits'], attributes: { axes: { ints: [1] }, keepdims: { int: 0 } } },
    ],
  });
}

/** mulberry32: the same damage for the same seed. */
function generator(start: number): (below: number) => number {
  let state = start >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function damage(original: Uint8Array, draw: (below: number) => number): Uint8Array {
  const kind = draw(6);
  if (kind === 0) return original.slice(0, draw(original.length));
  if (kind === 1) return Uint8Array.from({ length: 1 + draw(5000) }, () => draw(256));
  const bytes = original.slice();
  if (kind === 2) {
    // A piece that moves.
    const [from, to, length] = [draw(bytes.length), draw(bytes.length), draw(200)];
    bytes.copyWithin(to, from, Math.min(from + length, bytes.length));
    return bytes;
  }
  // The structure stands at both ends, the weights between them.
  const reach = kind === 3 ? Math.min(bytes.length, 2000) : bytes.length;
  for (let flips = 1 + draw(kind === 5 ? 3 : 30); flips > 0; flips--) {
    const at = kind === 4 && draw(2) === 0 ? bytes.length - 1 - draw(Math.min(bytes.length, 2000)) : draw(reach);
    bytes[at] = kind === 5 ? (bytes[at] ?? 0) ^ (1 << draw(8)) : draw(256);
  }
  return bytes;
}

describe(`${count} damaged models and tokenizers`, () => {
  it(
    'each end ACTIVE or REJECTED with a code, and leave the platform well',
    async () => {
      console.log(`mutants ${count}, seed ${seed}`);
      const ends = new Map<string, number>();
      const wrong: string[] = [];
      const note = (end: string): void => void ends.set(end, (ends.get(end) ?? 0) + 1);
      const one = async (index: number): Promise<void> => {
        const original = originals[index % originals.length];
        if (original === undefined) return;
        const draw = generator(seed * 1_000_003 + index);
        const content = original.files[original.damaged] ?? '';
        const bytes = damage(typeof content === 'string' ? Buffer.from(content) : content, draw);
        const name = `mutant-${original.name}-${index}`;
        const { status, body } = await upload(platform, name, { ...original.files, [original.damaged]: bytes });
        if (status !== 202) {
          note(`refused ${status} ${String(body['code'])}`);
          if (status >= 500) wrong.push(`${name}: ${JSON.stringify(body)}`);
          return;
        }
        const version = await validated(platform, name, String(body['version']));
        const codes = (version['reasons'] as { code: string; detail: string }[]).map((reason) => reason.code);
        note([version['state'], ...codes].join(' '));
        const known = codes.every((code) => (problemCodes as readonly string[]).includes(code) && code !== 'INTERNAL');
        const ended = version['state'] === 'ACTIVE' ? codes.length === 0 : version['state'] === 'REJECTED' && codes.length > 0;
        if (!known || !ended || /\/(?:libs|apps|dist|node_modules|tmp)\//.test(JSON.stringify(version)))
          wrong.push(`${name}: ${JSON.stringify(version)}`);
      };
      let next = 0;
      await Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (next < count) await one(next++);
        }),
      );
      console.log(
        [...ends]
          .sort()
          .map(([end, times]) => `${String(times).padStart(5)}  ${end}`)
          .join('\n'),
      );
      expect(wrong).toEqual([]);
      const explained: Json = await platform.explain({
        method: 'kernel-shap',
        model: { name: 'sst2-minilm' },
        input: { text: 'A gripping, funny film.' },
        params: { players: 'words', budget: 64 },
        seed: 1,
      });
      expect(explained['prediction']).toHaveLength(2);
      expect((await platform.call('GET', '/readyz')).status).toBe(200);
    },
    60_000 + 3_000 * count,
  );
});
