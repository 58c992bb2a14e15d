import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TokenizerThread } from './tokenizer-thread.js';

const file = new URL('../../../../models/stories260k/tokenizer.json', import.meta.url).pathname;
let thread: TokenizerThread;
beforeAll(() => void (thread = TokenizerThread.open(file)));
afterAll(() => thread.close());

it('takes a wake-up that is not for it for nothing', async () => {
  const { signal } = thread as unknown as { readonly signal: Int32Array };
  const right = Array.from({ length: 50 }, (_, id) => thread.nameOf(id));
  // As the notification of an answer that was there before its waiter slept.
  const source = `const { workerData } = require('node:worker_threads');
    const signal = new Int32Array(workerData);
    require('node:worker_threads').parentPort.postMessage('ready');
    for (;;) Atomics.notify(signal, 0);`;
  const noise = new Worker(source, { eval: true, workerData: signal.buffer });
  try {
    await new Promise((resolve) => noise.once('message', resolve));
    for (let round = 0; round < 20; round++) {
      expect(Array.from({ length: 50 }, (_, id) => thread.nameOf(id))).toEqual(right);
      expect(thread.encode('Once upon a time').ids).toHaveLength(5);
    }
  } finally {
    await noise.terminate();
  }
});

it('drops the answer to a question that was given up', () => {
  expect(() => thread.encode('a '.repeat(20_000), 0)).toThrow('no answer within 0 s');
  expect(thread.nameOf(403)).toBe(thread.nameOf(403));
  expect(thread.nameOf(1)).toBe('<s>');
  expect(thread.encode('Once').tokens.length).toBeGreaterThan(1);
});
