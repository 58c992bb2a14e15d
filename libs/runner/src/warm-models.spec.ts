import { describe, expect, it } from '@jest/globals';
import type { ModelFiles } from './runner.js';
import { WarmModels } from './warm-models.js';

const model = (name: string) => ({ folder: '/', files: [], description: { name, version: '1', sha256: '' } }) as unknown as ModelFiles;
const [one, other, last] = [model('one'), model('other'), model('last')];

describe('WarmModels', () => {
  it('offers each named model to each child once, and then nothing', () => {
    const warm = new WarmModels();
    warm.name([one, other]);
    warm.remember(last);
    for (const child of [{}, {}]) expect([warm.offer(child), warm.offer(child), warm.offer(child)]).toEqual([one, other, null]);
  });

  it('offers the model explained last where none was named', () => {
    const warm = new WarmModels();
    expect(warm.offer({})).toBeNull();
    expect([warm.remember(last), warm.remember(last)]).toEqual([true, false]);
    expect(warm.offer({})).toBe(last);
  });

  it('drops what could not be opened', () => {
    const warm = new WarmModels();
    warm.name([one]);
    warm.remember(last);
    warm.drop(one);
    warm.drop(last);
    expect(warm.offer({})).toBeNull();
  });
});
