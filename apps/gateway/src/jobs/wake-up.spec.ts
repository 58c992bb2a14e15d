import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { WakeUp } from './wake-up.js';

const HOUR = 3_600_000;
const listenersOf = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('a wake-up', () => {
  it('ends its pause when any of its signals is aborted, and no pause lasts afterwards', async () => {
    for (const which of [0, 1]) {
      const controllers = [new AbortController(), new AbortController()];
      const wakeUp = new WakeUp(...controllers.map(({ signal }) => signal));
      const pause = wakeUp.within(HOUR);
      expect(wakeUp.aborted).toBe(false);
      controllers[which]?.abort();
      await pause;
      expect(wakeUp.aborted).toBe(true);
      await wakeUp.within(HOUR);
    }
  });

  it('leaves nothing on its signals once it is closed, however long they live', () => {
    const long = new AbortController().signal;
    for (let count = 0; count < 100; count += 1) {
      const short = new AbortController().signal;
      const wakeUp = new WakeUp(short, long);
      expect([listenersOf(short), listenersOf(long)]).toEqual([1, 1]);
      wakeUp.close();
      expect([listenersOf(short), listenersOf(long)]).toEqual([0, 0]);
    }
  });
});
