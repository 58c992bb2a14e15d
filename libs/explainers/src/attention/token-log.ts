import { logSumExp, rankTokens } from '#attribution';
import type { LanguageModel } from '../contract/model.js';
import type { GeneratedToken } from './attention-result.js';

/** More than the bytes of a character, each of which may be a token. */
const NEAREST = 32;

/** What is known of the tokens that followed a prompt. */
export class TokenLog {
  private readonly ids: number[] = [];
  private readonly entries: Omit<GeneratedToken, 'token'>[] = [];

  /** @param rivals how many other tokens are named for each */
  constructor(
    private readonly model: Pick<LanguageModel, 'spell' | 'nameOf'>,
    private readonly prompt: Int32Array,
    private readonly rivals: number,
  ) {}

  get length(): number {
    return this.ids.length;
  }

  /** @throws RangeError where there is none yet */
  get lastId(): number {
    const last = this.ids.at(-1);
    if (last === undefined) throw new RangeError('no token has followed yet');
    return last;
  }

  /** @param logits of the whole vocabulary, by which the token was chosen */
  add(id: number, logits: Float32Array): void {
    const whole = logSumExp(logits);
    const likeliest = rankTokens(logits, this.rivals + 1).filter((other) => other !== id);
    const before = this.takeNearest();
    const entry = (tokenId: number) => ({
      name: this.model.nameOf(tokenId),
      tokenId,
      logProbability: Math.min(0, (logits[tokenId] ?? NaN) - whole),
    });
    const rivals = likeliest
      .slice(0, this.rivals)
      .map((tokenId) => ({ token: this.model.spell(before, Int32Array.of(tokenId))[0] ?? '', ...entry(tokenId) }));
    this.entries.push({ ...entry(id), rivals });
    this.ids.push(id);
  }

  /** Every token with its text, as it goes on after the prompt. */
  list(): readonly GeneratedToken[] {
    const texts = this.model.spell(this.prompt, Int32Array.from(this.ids));
    return this.entries.map((entry, step) => ({ token: texts[step] ?? '', ...entry }));
  }

  /** The last tokens: what one adds to the text depends on no others, and a long prompt takes long to spell. */
  private takeNearest(): Int32Array {
    return Int32Array.from([...this.prompt.subarray(-NEAREST), ...this.ids].slice(-NEAREST));
  }
}
