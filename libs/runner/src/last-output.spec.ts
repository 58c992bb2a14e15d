import { describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { LastOutput } from './last-output.js';

function read(...chunks: string[]): LastOutput {
  const output = new LastOutput();
  const stream = new PassThrough();
  output.follow(stream);
  for (const chunk of chunks) stream.write(chunk);
  stream.read();
  return output;
}

describe('LastOutput', () => {
  it('keeps only the end, however much was written', async () => {
    const output = read('a'.repeat(100_000), '\nthe end\n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(output.raw.length).toBeLessThanOrEqual(4096);
    expect(output.lastLine()).toBe('the end');
  });

  it('has no path and no stack in its last line', async () => {
    const output = read('cannot open /srv/models/a.onnx\n', '    at run (/srv/x.js:1:2)\n', '  \n');
    await new Promise((resolve) => setImmediate(resolve));
    expect(output.lastLine()).toBe('cannot open [path]');
  });

  it('has no last line where nothing was said', () => {
    expect(read().lastLine()).toBeNull();
  });
});
