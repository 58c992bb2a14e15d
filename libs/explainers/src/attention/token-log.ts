import { logProbabilities, rankTokens } from '#attribution';
import type { LanguageModel } from '../contract/model.js';
import type { GeneratedToken } from './attention-result.js';

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
    const logs = logProbabilities(logits);
    const likeliest = rankTokens(logs, this.rivals + 1).filter((other) => other !== id);
    const before = this.everything();
    const entry = (tokenId: number) => ({ name: this.model.nameOf(tokenId), tokenId, logProbability: Math.min(0, logs[tokenId] ?? NaN) });
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

  private everything(): Int32Array {
    return Int32Array.from([...this.prompt, ...this.ids]);
  }
}
