import { describe, expect, it } from '@jest/globals';
import type { Progress } from '#explainers';
import { throttleProgress } from './throttle-progress.js';

function record(periodMs: number) {
  let time = 0;
  const sent: Progress[] = [];
  const report = throttleProgress(
    (progress) => void sent.push(progress),
    periodMs,
    () => time,
  );
  const at = (now: number, done: number, total = 10, phase = 'p'): void => {
    time = now;
    report({ done, total, phase });
  };
  return { sent, at };
}

describe('throttleProgress', () => {
  it('passes on the first report, then one for each period', () => {
    const { sent, at } = record(100);
    for (let now = 0; now <= 1000; now += 10) at(now, 0);
    expect(sent).toHaveLength(11);
  });

  it('passes on a new phase at once', () => {
    const { sent, at } = record(100);
    at(0, 0, 10, 'one');
    at(1, 1, 10, 'two');
    at(2, 2, 10, 'two');
    expect(sent.map(({ phase }) => phase)).toEqual(['one', 'two']);
  });

  it('never swallows the last report, and does not repeat it', () => {
    const { sent, at } = record(100);
    at(0, 1);
    at(1, 10);
    at(2, 10);
    expect(sent.map(({ done }) => done)).toEqual([1, 10]);
  });
});
