import { describe, expect, it } from '@jest/globals';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeToyFiles } from '../test/toy-order.js';
import { FileVerifier } from './verify-files.js';

const changed = expect.objectContaining({ code: 'MODEL_FILE_CHANGED' });

describe('FileVerifier', () => {
  it('answers the same while nothing changes, and something else after a touch', async () => {
    const model = makeToyFiles();
    const verifier = new FileVerifier();
    const stamp = await verifier.verify(model);
    expect(await verifier.verify(model)).toBe(stamp);
    utimesSync(join(model.folder, 'model.onnx'), new Date(), new Date(1e12));
    expect(await verifier.verify(model)).not.toBe(stamp);
  });

  it('finds a change of the same length', async () => {
    const model = makeToyFiles();
    const verifier = new FileVerifier();
    await verifier.verify(model);
    writeFileSync(join(model.folder, 'model.onnx'), 'f(a, b) = 2a - b');
    await expect(verifier.verify(model)).rejects.toEqual(changed);
  });

  it.each(['f(a, b) = 2a + b ', ''])('finds another length: %j', async (text) => {
    const model = makeToyFiles();
    writeFileSync(join(model.folder, 'model.onnx'), text);
    await expect(new FileVerifier().verify(model)).rejects.toEqual(changed);
  });

  it('finds a missing file', async () => {
    const model = makeToyFiles();
    rmSync(join(model.folder, 'model.onnx'));
    await expect(new FileVerifier().verify(model)).rejects.toMatchObject({ code: 'MODEL_FILE_MISSING' });
  });
});
