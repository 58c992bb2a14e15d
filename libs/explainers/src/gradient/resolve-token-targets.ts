import { rankTokens } from '#attribution';
import type { TokenScore } from '../contract/differentiable.js';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest, TargetRequest } from '../contract/explainer.js';
import type { LanguageModel } from '../contract/model.js';
import { quote } from '../game/name-choices.js';
import { expectOneProbability } from './expect-one-probability.js';
import type { SubjectTarget } from './gradient-subject.js';
import { readTokenSpace } from './read-token-space.js';

/** A target that is about tokens. */
export interface TokenTarget extends SubjectTarget {
  readonly scored: TokenScore;
}

/** What tokens are named by. */
type Vocabulary = Pick<LanguageModel, 'outputs' | 'encode' | 'spell' | 'nameOf'>;

/** Tokens that a language model has read, and which of them followed a prompt. */
export interface ReadText {
  readonly ids: Int32Array;
  /** Place of the first token behind the prompt; the number of tokens where there is no prompt. */
  readonly promptLength: number;
  /** Logits of the token behind a position; absent where tokens follow always. */
  readonly logitsAt?: (position: number) => Promise<Float32Array>;
  /** What a refusal calls it; "the text" where it is left out. */
  readonly called?: string;
}

/**
 * What is explained of a language model: tokens after the prompt, a token that is named, or the difference of two.
 *
 * @throws ExplainProblem PARAM_INVALID, TARGET_SPACE_UNSUPPORTED or CLASS_UNKNOWN with the pointer of the target
 */
export async function resolveTokenTargets(
  request: Pick<ExplainRequest<unknown>, 'targets' | 'targetPointers'>,
  model: Vocabulary,
  text: ReadText,
): Promise<readonly TokenTarget[]> {
  const resolved: TokenTarget[] = [];
  for (const [at, target] of request.targets.entries())
    resolved.push(await resolve(target, model, text, request.targetPointers?.[at] ?? `/targets/${at}`));
  return resolved;
}

async function resolve(target: TargetRequest, model: Vocabulary, text: ReadText, pointer: string): Promise<TokenTarget> {
  const space = readTokenSpace(target, pointer);
  const named = target.token !== undefined || target.tokenId !== undefined || target.contrast !== undefined;
  const tokens = named || text.promptLength >= text.ids.length ? await findNamed() : findFollowing(target, text, pointer);
  // A contrast is the difference of two probabilities, and means what it says.
  if (tokens.every(({ weight }) => weight > 0)) expectOneProbability(space, tokens.length, pointer);
  return { name: { class: nameTokens(model, tokens), index: single(tokens)?.tokenId ?? null, space }, scored: { space, tokens } };

  async function findNamed(): Promise<TokenScore['tokens']> {
    if (target.generated !== undefined) {
      const remedy = 'Send a prompt with a completion, or with generate.';
      throw new ExplainProblem('PARAM_INVALID', 'nothing follows a prompt', `${pointer}/generated`, remedy);
    }
    const position = findPosition(target, text, pointer);
    if (target.contrast !== undefined) {
      const [one, other] = target.contrast.map((token, place) => findToken(model, token, `${pointer}/contrast/${place}`));
      if (one === other)
        throw new ExplainProblem('PARAM_INVALID', 'a contrast needs two tokens', `${pointer}/contrast`, 'Name another token.');
      return [
        { position, tokenId: one ?? 0, weight: 1 },
        { position, tokenId: other ?? 0, weight: -1 },
      ];
    }
    if (target.token !== undefined) return [{ position, tokenId: findToken(model, target.token, `${pointer}/token`), weight: 1 }];
    if (target.tokenId !== undefined) return [{ position, tokenId: findToken(model, target.tokenId, `${pointer}/tokenId`), weight: 1 }];
    if (text.logitsAt === undefined) throw new RangeError('nothing followed, and no logits are at hand');
    return [{ position, tokenId: rankTokens(await text.logitsAt(position), 1)[0] ?? 0, weight: 1 }];
  }
}

function findPosition({ position }: TargetRequest, { ids, promptLength, called = 'the text' }: ReadText, pointer: string): number {
  const last = Math.min(promptLength, ids.length) - 1;
  if (position === undefined) return last;
  if (position < ids.length) return position;
  const remedy = `Use a position of 0 … ${ids.length - 1}.`;
  throw new ExplainProblem('PARAM_INVALID', `${called} has ${ids.length} tokens and none at ${position}`, `${pointer}/position`, remedy);
}

/** Tokens that followed the prompt, each read behind the one before it. */
function findFollowing({ generated, position }: TargetRequest, { ids, promptLength }: ReadText, pointer: string): TokenScore['tokens'] {
  if (position !== undefined) {
    const remedy = 'Name a token too, or ask for tokens after the prompt by generated.';
    throw new ExplainProblem('PARAM_INVALID', 'a position without a token explains nothing', `${pointer}/position`, remedy);
  }
  const count = ids.length - promptLength;
  const steps = generated ?? Array.from({ length: count }, (_, step) => step);
  return steps.map((step, at) => {
    if (step >= count) {
      const remedy = `Use steps of 0 … ${count - 1}.`;
      throw new ExplainProblem(
        'PARAM_INVALID',
        `${count} tokens follow the prompt, and none at ${step}`,
        `${pointer}/generated/${at}`,
        remedy,
      );
    }
    return { position: promptLength + step - 1, tokenId: ids[promptLength + step] ?? 0, weight: 1 };
  });
}

/** What tokenizers call the token that stands for all they do not know. */
const unknown = /^(?:<unk>|\[UNK\]|<\|unk\|>)$/i;

/** A token by id, or by the text that is exactly one token. */
function findToken(model: Vocabulary, token: string | number, pointer: string): number {
  if (typeof token === 'number') {
    if (token < model.outputs) return token;
    const remedy = `Use an id of 0 … ${model.outputs - 1}.`;
    throw new ExplainProblem('PARAM_INVALID', `the vocabulary has ${model.outputs} tokens and none with the id ${token}`, pointer, remedy);
  }
  const exact = splitToken(model, token);
  const [only] = exact;
  if (only !== undefined && exact.length === 1) {
    if (!unknown.test(only.name) || unknown.test(token)) return only.id;
    const detail = `the tokenizer knows no token ${quote(token)} and reads it as ${quote(only.name)}`;
    throw new ExplainProblem('PARAM_INVALID', detail, pointer, 'Name a token of the vocabulary, or this one by tokenId.');
  }
  const printed = findPrinted(model, token);
  if (printed !== null) return printed;
  const split = exact.map(({ id, name }) => `${quote(name)} (${id})`).join(', ');
  const detail = `${quote(token)} is not one token: the tokenizer splits it into ${split || 'nothing'}`;
  throw new ExplainProblem('PARAM_INVALID', detail, pointer, 'Name one of these by tokenId.');
}

function splitToken(model: Vocabulary, token: string): readonly { readonly id: number; readonly name: string }[] {
  const { ids, special, tokens } = model.encode(token);
  const own = [...ids].flatMap((id, at) => (special[at] === true ? [] : [{ id, name: tokens[at] ?? '' }]));
  const [, second] = own;
  const isBlankFirst = own.length === 2 && model.spell(ids.subarray(0, 1), Int32Array.of(second?.id ?? 0))[0] === token;
  return isBlankFirst ? own.slice(1) : own;
}

/** A token as it is printed, its blank in front: ` had`, `▁had`, `Ġhad`. */
function findPrinted(model: Vocabulary, token: string): number | null {
  const plain = (name: string) => name.replace(/^[▁Ġ]/, ' ');
  if (!plain(token).startsWith(' ')) return null;
  for (const one of [plain(token), token.slice(1)]) {
    const [only, ...rest] = splitToken(model, one);
    if (only !== undefined && rest.length === 0 && plain(model.nameOf(only.id)) === plain(token)) return only.id;
  }
  return null;
}

function nameTokens(model: Vocabulary, tokens: TokenScore['tokens']): string {
  const names = tokens.map(({ tokenId }) => model.nameOf(tokenId));
  const [first = '', second = ''] = names;
  if (tokens.some(({ weight }) => weight < 0)) return `${first} rather than ${second}`;
  return names.length <= 8 ? names.join(' ') : `${names.slice(0, 7).join(' ')} and ${names.length - 7} more`;
}

function single(tokens: TokenScore['tokens']): TokenScore['tokens'][number] | null {
  return tokens.length === 1 ? (tokens[0] ?? null) : null;
}
