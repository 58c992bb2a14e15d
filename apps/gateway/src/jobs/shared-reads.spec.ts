import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#jobs';
import { pauseOf, SharedReads } from './shared-reads.js';

/** A store that answers when it is told to. */
class Store {
  readonly asked: string[] = [];
  private readonly open: ((answer: () => string) => void)[] = [];

  readonly read = (what: string) => () => {
    this.asked.push(what);
    return new Promise<string>((resolve) => this.open.push((answer) => resolve(Promise.resolve().then(answer))));
  };

  async answer(answer: () => string): Promise<void> {
    await settle();
    this.open.shift()?.(answer);
    await settle();
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('reads of those who wait', () => {
  it('are two at once, and one for all who ask for the same before it begins', async () => {
    const store = new Store();
    const reads = new SharedReads<string>();
    const asked = ['a', 'b', 'c', 'c', 'c', 'd'].map((what) => reads.read(what, store.read(what)));
    await settle();
    expect(store.asked).toEqual(['a', 'b']);
    for (const what of ['a', 'b', 'c', 'd']) await store.answer(() => `${what}!`);
    expect(await Promise.all(asked)).toEqual(['a!', 'b!', 'c!', 'c!', 'c!', 'd!']);
    expect(store.asked).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are made again for whoever asks when one has begun: it may be too old', async () => {
    const store = new Store();
    const reads = new SharedReads<string>();
    const first = reads.read('a', store.read('a'));
    await settle();
    const second = reads.read('a', store.read('a'));
    await store.answer(() => 'old');
    await store.answer(() => 'new');
    expect([await first, await second]).toEqual(['old', 'new']);
  });

  it('that fail fail for all who share them, and give their place back', async () => {
    const store = new Store();
    const reads = new SharedReads<string>();
    const asked = Promise.allSettled(['a', 'b', 'c', 'c', 'd'].map((what) => reads.read(what, store.read(what))));
    for (let count = 0; count < 3; count++)
      await store.answer(() => {
        throw new RangeError('away');
      });
    await store.answer(() => 'd!');
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'fulfilled']);
  });

  it('are told at once that the database is away, all who stand in line; who comes after asks again', async () => {
    const store = new Store();
    const reads = new SharedReads<string>();
    const asked = Promise.allSettled(['a', 'b', 'c', 'd', 'e'].map((what) => reads.read(what, store.read(what))));
    await store.answer(() => {
      throw new StoreUnavailable('away');
    });
    await store.answer(() => 'b!');
    expect(store.asked).toEqual(['a', 'b']);
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'rejected', 'rejected']);
    const after = reads.read('f', store.read('f'));
    await store.answer(() => 'f!');
    expect([await after, store.asked]).toEqual(['f!', ['a', 'b', 'f']]);
  });
});

describe('the pause between two looks', () => {
  it.each([1, 25, 100, 1000])('of %p who wait keeps them below fifty looks a second', (count) => {
    expect(pauseOf(count, 250)).toBeGreaterThanOrEqual(250);
    expect((1000 / pauseOf(count, 250)) * count).toBeLessThanOrEqual(50);
  });
});
