import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('lets no more in than there are, in the order of asking', async () => {
    const slots = new Slots(2);
    const order: number[] = [];
    const releases: (() => void)[] = [];
    const asked = [0, 1, 2, 3].map(async (one) => {
      releases[one] = await slots.acquire();
      order.push(one);
    });
    await Promise.all(asked.slice(0, 2));
    expect(order).toEqual([0, 1]);
    releases[1]?.();
    await asked[2];
    expect(order).toEqual([0, 1, 2]);
    releases[0]?.();
    await asked[3];
    expect(order).toEqual([0, 1, 2, 3]);
  });

  it('counts a slot once, however often it is given back', async () => {
    const slots = new Slots(1);
    const release = await slots.acquire();
    release();
    release();
    await slots.acquire();
    let entered = false;
    const third = slots.acquire().then(() => {
      entered = true;
    });
    await Promise.race([third, new Promise((resolve) => setImmediate(resolve))]);
    expect(entered).toBe(false);
  });

  it.each([0, -1, 1.5, NaN])('refuses %d slots', (count) => {
    expect(() => new Slots(count)).toThrow(RangeError);
  });
});
