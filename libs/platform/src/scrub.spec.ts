import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { homedir } from 'node:os';
import { scrub } from './scrub.js';

describe('scrub', () => {
  it.each([
    [
      'Load model from /srv/app/models/a/model.onnx failed:Protobuf parsing failed.',
      'Load model from [path] failed:Protobuf parsing failed.',
    ],
    ['failed:/onnxruntime_src/onnxruntime/core/graph/model.cc:149 Model::Model', 'failed:[path]:149 Model::Model'],
    ["ENOENT: open '/root/x/tokenizer.json'", "ENOENT: open '[path]'"],
    ['at file:///srv/dist/child.js:3:1 it broke', 'at [path] it broke'],
    ['open C:\\Users\\me\\m.onnx: no', 'open [path]: no'],
    ['open \\\\host\\share\\m.onnx now', 'open [path] now'],
    ['Error: boom\n    at run (/srv/x.js:1:2)\n    at async y (node:internal/z:3)\nlast', 'Error: boom\nlast'],
    ['Got invalid dimensions for input: age Got: 3 Expected: 1/2', 'Got invalid dimensions for input: age Got: 3 Expected: 1/2'],
  ])('%j', (message, clean) => expect(scrub(message)).toBe(clean));

  it('removes known folders whole, spaces and all', () => {
    expect(scrub('open /data/my models/a b/model.onnx failed', ['/data/my models/a b'])).toBe('open [path] failed');
    expect(scrub(`${homedir()}/x`)).toBe('[path]');
  });

  it('leaves no absolute path behind, wherever it stands', () => {
    const segment = fc.stringMatching(/^[a-z0-9_.-]{1,12}$/);
    const path = fc.array(segment, { minLength: 2, maxLength: 6 }).map((parts) => `/${parts.join('/')}`);
    const around = fc.constantFrom(' ', '"', "'", '(', ': ', '=', ':', '\n', ',', '[');
    fc.assert(
      fc.property(path, around, (name, before) => {
        expect(scrub(`failed${before}${name} here`)).not.toContain(name);
      }),
    );
  });

  it('is fast on long hostile text', () => {
    for (const piece of ['/', 'file://', ' at ', '\\\\', 'C:\\', 'a/', '    at ']) scrub(piece.repeat(200_000 / piece.length));
  });
});
