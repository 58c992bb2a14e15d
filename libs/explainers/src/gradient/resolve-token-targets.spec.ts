import { describe, expect, it } from '@jest/globals';
import { CountingModel } from '#testing';
import type { TargetRequest } from '../contract/explainer.js';
import { resolveTokenTargets } from './resolve-token-targets.js';

const model = new CountingModel();
/** <s> 3 4 5 6, of which the last two follow a prompt. */
const ids = Int32Array.of(10, 3, 4, 5, 6);
const logitsAt = async (position: number) => (await model.begin(null).read(ids.subarray(0, position + 1), 1, false)).logits;

async function resolve(target: TargetRequest, promptLength = 3) {
  const [resolved] = await resolveTokenTargets({ targets: [target], targetPointers: ['/target'] }, model, { ids, promptLength, logitsAt });
  return resolved;
}

describe('a target of a language model', () => {
  it('is all tokens after a prompt where nothing is said', async () => {
    expect(await resolve({})).toEqual({
      name: { class: '5 6', index: null, space: 'log-probability' },
      scored: {
        space: 'log-probability',
        tokens: [
          { position: 2, tokenId: 5, weight: 1 },
          { position: 3, tokenId: 6, weight: 1 },
        ],
      },
    });
  });

  it('is some of them', async () => {
    const resolved = await resolve({ generated: [1], space: 'probability' });
    expect(resolved?.scored).toEqual({ space: 'probability', tokens: [{ position: 3, tokenId: 6, weight: 1 }] });
    expect(resolved?.name).toEqual({ class: '6', index: 6, space: 'probability' });
  });

  it('is the likeliest next token of a text, and of a position in it', async () => {
    expect((await resolve({}, 5))?.scored).toMatchObject({ tokens: [{ position: 4, tokenId: 7 }] });
    expect((await resolve({ position: 1 }, 5))?.scored).toMatchObject({ tokens: [{ position: 1, tokenId: 4 }] });
  });

  it.each([
    [{ token: '8' }, 5, [{ position: 4, tokenId: 8, weight: 1 }]],
    [{ tokenId: 11 }, 3, [{ position: 2, tokenId: 11, weight: 1 }]],
    [{ tokenId: 11, position: 0 }, 3, [{ position: 0, tokenId: 11, weight: 1 }]],
    [{ token: ' 9 ', position: 4 }, 3, [{ position: 4, tokenId: 9, weight: 1 }]],
  ])('is a token that is named: %j', async (target, promptLength, tokens) => {
    expect((await resolve(target, promptLength))?.scored).toEqual({ space: 'log-probability', tokens });
  });

  it('is no text that the tokenizer does not know, unless its stand-in is meant', async () => {
    const blind = new (class extends CountingModel {
      override encode(text: string) {
        return { ...super.encode('8'), tokens: ['<s>', '<unk>'], special: [true, false], ids: Int32Array.of(10, 3), text };
      }
    })();
    const ask = (token: string) =>
      resolveTokenTargets({ targets: [{ token }], targetPointers: ['/target'] }, blind, { ids, promptLength: 3, logitsAt });
    await expect(ask('zz')).rejects.toMatchObject({
      code: 'PARAM_INVALID',
      pointer: '/target/token',
      detail: expect.stringContaining('"<unk>"'),
    });
    expect((await ask('<unk>'))[0]?.scored.tokens).toMatchObject([{ tokenId: 3 }]);
  });

  it('is a token as it is printed, its blank in front', async () => {
    /** A blank before a digit is a token of its own. */
    class Split extends CountingModel {
      override encode(text: string) {
        return super.encode(/^[▁ ]/.test(text) ? `0${text}` : text);
      }
    }
    class Printed extends Split {
      override nameOf(id: number): string {
        return `▁${id}`;
      }
    }
    const find = async (token: string, one: CountingModel = new Printed()) => {
      const request = { targets: [{ token }], targetPointers: ['/target'] };
      return (await resolveTokenTargets(request, one, { ids, promptLength: 5, logitsAt }))[0]?.scored;
    };
    expect(await find('▁8')).toMatchObject({ tokens: [{ tokenId: 8 }] });
    expect(await find(' 8')).toMatchObject({ tokens: [{ tokenId: 8 }] });
    await expect(find('▁89')).rejects.toMatchObject({ code: 'PARAM_INVALID' });
    await expect(find('▁8', new Split())).rejects.toMatchObject({ code: 'PARAM_INVALID' });
  });

  it('is the difference of two tokens, of their logits', async () => {
    expect(await resolve({ contrast: ['7', 8] })).toEqual({
      name: { class: '7 rather than 8', index: null, space: 'logit' },
      scored: {
        space: 'logit',
        tokens: [
          { position: 2, tokenId: 7, weight: 1 },
          { position: 2, tokenId: 8, weight: -1 },
        ],
      },
    });
  });

  it.each([
    [{ class: 1 }, 'CLASS_UNKNOWN', '/target/class', 'a language model has tokens', 'Name a token'],
    [{ space: 'margin' }, 'TARGET_SPACE_UNSUPPORTED', '/target/space', '"margin"', 'Supported: log-probability, logit, probability.'],
    [{ space: 'probability' }, 'PARAM_INVALID', '/target/space', '2 tokens have no probability in common', 'log-probability'],
    [
      { generated: [0, 1], space: 'probability' },
      'PARAM_INVALID',
      '/target/space',
      '2 tokens have no probability in common',
      'log-probability',
    ],
    [{ tokenId: 12 }, 'PARAM_INVALID', '/target/tokenId', 'none with the id 12', 'Use an id of 0 … 11.'],
    [{ token: '12' }, 'PARAM_INVALID', '/target/token', 'splits it into "1" (1), "2" (2)', 'tokenId'],
    [{ token: 'x' }, 'PARAM_INVALID', '/target/token', 'splits it into nothing', 'tokenId'],
    [{ contrast: [3, '34'] }, 'PARAM_INVALID', '/target/contrast/1', '"3" (3), "4" (4)', 'tokenId'],
    [{ contrast: [3, '3'] }, 'PARAM_INVALID', '/target/contrast', 'needs two tokens', 'Name another token.'],
    [{ tokenId: 1, position: 5 }, 'PARAM_INVALID', '/target/position', '5 tokens and none at 5', 'Use a position of 0 … 4.'],
    [{ position: 1 }, 'PARAM_INVALID', '/target/position', 'without a token', 'Name a token too'],
    [{ generated: [0, 2] }, 'PARAM_INVALID', '/target/generated/1', '2 tokens follow the prompt, and none at 2', 'Use steps of 0 … 1.'],
  ] as const)('is refused where it is not there: %j', async (target, code, pointer, detail, remedy) => {
    await expect(resolve(target as TargetRequest)).rejects.toMatchObject({
      ...{ code, pointer },
      detail: expect.stringContaining(detail),
      remedy: expect.stringContaining(remedy),
    });
  });

  it('may be a probability of one token that followed, and of a contrast', async () => {
    expect((await resolve({ space: 'probability' }, 4))?.scored).toMatchObject({ space: 'probability', tokens: [{ tokenId: 6 }] });
    expect((await resolve({ contrast: [7, 8], space: 'probability' }))?.scored.tokens).toHaveLength(2);
  });

  it('is refused where nothing follows a prompt', async () => {
    await expect(resolve({ generated: [0] }, 5)).rejects.toMatchObject({ code: 'PARAM_INVALID', pointer: '/target/generated' });
  });

  it('is named by its place where the request does not name it', async () => {
    const request = { targets: [{}, { tokenId: 99 }] };
    await expect(resolveTokenTargets(request, model, { ids, promptLength: 5, logitsAt })).rejects.toMatchObject({
      pointer: '/targets/1/tokenId',
    });
  });
});
