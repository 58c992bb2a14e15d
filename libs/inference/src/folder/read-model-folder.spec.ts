import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { buildOnnxModel, calmModel, writeModelFolder } from '#testing';
import { hashModel } from './hash-model.js';
import { readModelFolder } from './read-model-folder.js';

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vitrine-folder-'));
  folder = join(root, 'model');
  await writeModelFolder(folder, calmModel());
});

afterEach(() => rm(root, { recursive: true }));

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const refused = (detail: RegExp, code = 'MODEL_FILE_INVALID') => expect.objectContaining({ code, detail: expect.stringMatching(detail) });

function modelWithWeightsIn(location: string, offset = 0, length = 4): Uint8Array {
  return buildOnnxModel({
    inputs: [{ name: 'signal', type: 'float32', shape: ['rows', 1] }],
    outputs: [{ name: 'probabilities', type: 'float32', shape: ['rows', 1] }],
    tensors: [{ name: 'weight', type: 'float32', shape: [1], values: { location, offset, length } }],
    nodes: [{ op: 'Mul', inputs: ['signal', 'weight'], outputs: ['probabilities'] }],
  });
}

describe('readModelFolder', () => {
  it('hashes the sorted list of the files that decide the answers', async () => {
    await writeFile(join(folder, 'notes.txt'), 'no part of the model');
    const { files, sha256: hash } = await readModelFolder(folder);
    const listed = await Promise.all(
      ['background.csv', 'model.json', 'model.onnx'].map(async (name) => {
        const bytes = await readFile(join(folder, name));
        return `{"name":"${name}","sha256":"${sha256(bytes)}","size":${bytes.length}}`;
      }),
    );
    expect(files.map(({ name }) => name)).toEqual(['background.csv', 'model.json', 'model.onnx']);
    expect(hash).toBe(sha256(`[${listed.join(',')}]`));
    expect(hashModel([...files].reverse())).toBe(hash);
  });

  it('has one hash for a folder wherever it lies, and another when a byte changes', async () => {
    await cp(folder, join(root, 'copy'), { recursive: true });
    const { sha256: hash } = await readModelFolder(folder);
    expect((await readModelFolder(join(root, 'copy'))).sha256).toBe(hash);
    await writeFile(join(folder, 'background.csv'), `${calmModel().background}3,0,0\n`);
    expect((await readModelFolder(folder)).sha256).not.toBe(hash);
  });

  it('reads the export of Hugging Face with its onnx folder, tokenizer and configuration', async () => {
    await mkdir(join(folder, 'onnx'));
    await rename(join(folder, 'model.onnx'), join(folder, 'onnx/model.onnx'));
    await writeFile(join(folder, 'config.json'), '{"id2label":{"0":"no","1":"yes"},"made":"up"}');
    await writeFile(join(folder, 'tokenizer.json'), '{"added_tokens":[{"id":0,"content":"[PAD]"}]}');
    const read = await readModelFolder(folder);
    expect(read.names).toEqual(['background.csv', 'config.json', 'model.json', 'onnx/model.onnx', 'tokenizer.json']);
    expect(read.config).toMatchObject({ id2label: { 0: 'no' }, made: 'up' });
  });

  it('counts the weights beside the model as part of it', async () => {
    await writeFile(join(folder, 'model.onnx'), modelWithWeightsIn('weights.bin'));
    await expect(readModelFolder(folder)).rejects.toEqual(
      refused(/keeps weights in "weights.bin", and there is no such file/, 'EXTERNAL_DATA_FORBIDDEN'),
    );
    await writeFile(join(folder, 'weights.bin'), Float32Array.of(2));
    expect((await readModelFolder(folder)).names).toContain('weights.bin');
  });

  it.each([
    [0, 8, true],
    [4, 4, true],
    [4, 5, false],
    [5, 4, false],
    [8, 4, false],
    [9, 4, false],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, false],
  ])('takes weights at %i + %i of a file of 8 bytes: %j', async (offset, length, isInside) => {
    await writeFile(join(folder, 'weights.bin'), new Uint8Array(8));
    await writeFile(join(folder, 'model.onnx'), modelWithWeightsIn('weights.bin', offset, length));
    const read = readModelFolder(folder);
    if (isInside) expect((await read).names).toContain('weights.bin');
    else
      await expect(read).rejects.toEqual(
        refused(new RegExp(`"weight" lies at ${offset} \\+ ${length} in weights.bin, which has 8 bytes`), 'EXTERNAL_DATA_OUT_OF_RANGE'),
      );
  });

  it('refuses a graph of more nodes than any model has as too complex', async () => {
    const node = (index: number) => ({ op: 'Identity', inputs: [index === 0 ? 'signal' : `n${index - 1}`], outputs: [`n${index}`] });
    const nodes = Array.from({ length: 70_000 }, (_, index) => node(index));
    const model = buildOnnxModel({
      inputs: [{ name: 'signal', type: 'float32', shape: ['rows', 1] }],
      outputs: [{ name: 'n69999', type: 'float32', shape: ['rows', 1] }],
      tensors: [],
      nodes,
    });
    await writeFile(join(folder, 'model.onnx'), model);
    await expect(readModelFolder(folder)).rejects.toEqual(refused(/^model.onnx: the model has .*; at most/, 'MODEL_TOO_COMPLEX'));
  });

  it('follows no link out of the folder', async () => {
    await writeFile(join(root, 'secret'), 'secret');
    await symlink(join(root, 'secret'), join(folder, 'weights.bin'));
    await writeFile(join(folder, 'model.onnx'), modelWithWeightsIn('weights.bin'));
    await expect(readModelFolder(folder)).rejects.toEqual(refused(/link that leaves/, 'EXTERNAL_DATA_FORBIDDEN'));
  });

  const faults: [name: string, content: string, detail: RegExp, code?: string][] = [
    ['model.json', '{"manifest":1', /model.json is not JSON/],
    ['model.json', '{"manifest":2}', /model.json: manifest/],
    ['model.json', '{"manifest":1,"features":[{"name":"a","kind":"categorical"}]}', /features.0: has categories exactly when/],
    ['model.json', '{"manifest":1,"features":[{"name":"a","kind":"numeric"},{"name":"a","kind":"numeric"}]}', /names a column twice/],
    ['model.json', '{"manifest":1,"classes":["a","a"]}', /names a class twice/],
    ['model.json', '{"manifest":1,"files":{"background":"../other.csv"}}', /files.background: is no path inside/],
    ['model.json', '{"manifest":1,"files":{"background":"missing.csv"}}', /names missing.csv as files.background/],
    ['config.json', '[]', /config.json: the whole/],
    ['model.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n', /pointer of Git LFS/],
    ['model.onnx', '<!DOCTYPE html>', /model.onnx: not an ONNX model/, 'INVALID_PROTOBUF'],
    ['model.onnx', 'PK\x03\x04', /model.onnx: not an ONNX model/, 'INVALID_PROTOBUF'],
    ['model.onnx', '', /model.onnx: the file holds no graph/, 'INVALID_PROTOBUF'],
    ['tokenizer.json', '{"model":{"vocab":{"a":-1}}}', /the id of "a" is -1/, 'TOKENIZER_INVALID'],
    ['tokenizer.json', '{"model":{"vocab":{"__proto__":4294967296}}}', /the id of "__proto__" is 4294967296/, 'TOKENIZER_INVALID'],
    ['tokenizer.json', '{"model":{"vocab":{"a":"b"}}}', /the id of "a" is "b"/, 'TOKENIZER_INVALID'],
  ];
  it.each(faults.map(([name, content, detail, code = 'MODEL_FILE_INVALID']) => [name, content, detail, code] as const))(
    'refuses %s of %j',
    async (name, content, detail, code) => {
      await writeFile(join(folder, name), content);
      await expect(readModelFolder(folder)).rejects.toEqual(refused(detail, code));
    },
  );

  it('says what to do about a file that the manifest names and that is not there', async () => {
    await writeFile(join(folder, 'model.json'), '{"manifest":1,"files":{"background":"missing.csv"}}');
    const remedy = 'Put missing.csv beside model.json, or send it with the upload; or take files.background out of model.json.';
    await expect(readModelFolder(folder)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID', remedy });
  });

  it('refuses a folder without a model', async () => {
    await rm(join(folder, 'model.onnx'));
    await expect(readModelFolder(folder)).rejects.toEqual(refused(/no model.onnx/));
    await expect(readModelFolder(join(root, 'nowhere'))).rejects.toEqual(refused(/no model.onnx/));
  });
});
