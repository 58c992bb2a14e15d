import { deleteSpans, deleteTokens, longestReplacement, maskTokens, ownTokens, replaceTokens, type TextPlayer } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { Warning } from '../contract/explanation.js';
import type { TextEncoding, TextModel } from '../contract/model.js';
import type { GameChoice } from './choose-game.js';
import type { GameParams } from './game-params.js';
import { quote } from './name-choices.js';

/** Makes the token row of a coalition. */
export interface TextMasker {
  /** @param present one entry per player of the game, 0 = absent */
  mask(present: Uint8Array): Int32Array;
  /** What stands in an absent player's place, for the record. */
  readonly reference: Readonly<Record<string, unknown>>;
  warnings(): readonly Warning[];
}

/**
 * @param players the players of the game, in its order
 * @throws ExplainProblem MASKER_UNSUPPORTED, PARAM_INVALID
 */
export function maskText(
  model: TextModel,
  choice: GameChoice,
  params: GameParams,
  text: string,
  encoding: TextEncoding,
  players: readonly TextPlayer[],
): TextMasker {
  if (choice.masker === 'delete') {
    return choice.players === 'characters' ? deleteFromText(model, text, encoding, players) : deleteFromRow(encoding, players);
  }
  return choice.masker === 'replace'
    ? replaceInRow(model, params.replacement ?? '', encoding, players)
    : maskInRow(model, encoding, players);
}

const noWarnings = (): readonly Warning[] => [];

function maskInRow({ maskTokenId, description }: TextModel, { ids }: TextEncoding, players: readonly TextPlayer[]): TextMasker {
  if (maskTokenId === null) {
    const remedy = 'Use the masker delete, or replace with a filler of your own.';
    throw new ExplainProblem('MASKER_UNSUPPORTED', 'the tokenizer of this model has no mask token', '/params/masker', remedy);
  }
  const owners = ownTokens(ids.length, players);
  return {
    mask: (present) => maskTokens(ids, owners, present, maskTokenId),
    reference: { maskToken: description.maskToken },
    warnings: noWarnings,
  };
}

function deleteFromRow({ ids }: TextEncoding, players: readonly TextPlayer[]): TextMasker {
  const owners = ownTokens(ids.length, players);
  refuseEmptyRow(deleteTokens(ids, owners, new Uint8Array(players.length)));
  return { mask: (present) => deleteTokens(ids, owners, present), reference: {}, warnings: noWarnings };
}

function replaceInRow(model: TextModel, replacement: string, { ids }: TextEncoding, players: readonly TextPlayer[]): TextMasker {
  const { ids: own, special } = model.encode(replacement);
  const filler = own.filter((_, token) => special[token] !== true);
  const owners = ownTokens(ids.length, players);
  const longest = longestReplacement(owners, filler.length);
  const { maxTokens } = model.description;
  if (filler.length === 0) {
    const detail = `the replacement ${quote(replacement)} has no token`;
    throw new ExplainProblem('PARAM_INVALID', detail, '/params/replacement', 'Use a word the model knows, or the masker delete.');
  }
  if (maxTokens !== null && longest > maxTokens) {
    const detail = `with the replacement ${quote(replacement)} the text grows to ${longest} tokens, and the model reads ${maxTokens}`;
    throw new ExplainProblem('PARAM_INVALID', detail, '/params/replacement', 'Use a replacement of one token, or a shorter text.');
  }
  return { mask: (present) => replaceTokens(ids, owners, present, filler), reference: { replacement }, warnings: noWarnings };
}

function deleteFromText(model: TextModel, text: string, encoding: TextEncoding, players: readonly TextPlayer[]): TextMasker {
  // Deleting must not pull text into view that the model did not see.
  const seen = encoding.cutFrom === null ? text : text.slice(0, encoding.cutFrom);
  let cut = 0;
  refuseEmptyRow(model.encode(deleteSpans(seen, players, new Uint8Array(players.length))).ids);
  return {
    mask: (present) => {
      if (present.every((bit) => bit === 1)) return encoding.ids;
      const rebuilt = model.encode(deleteSpans(seen, players, present));
      if (rebuilt.cutFrom !== null) cut++;
      return rebuilt.ids;
    },
    reference: {},
    warnings: () =>
      cut === 0
        ? []
        : [
            {
              code: 'REBUILT_TEXT_CUT',
              message: `With characters deleted the text has more tokens than before: in ${cut} evaluations its end did not fit into the model. Explain a shorter text, or use the masker mask-token.`,
            },
          ],
  };
}

function refuseEmptyRow(row: Int32Array): void {
  if (row.length > 0) return;
  const remedy = 'Use the masker mask-token or replace.';
  throw new ExplainProblem('MASKER_UNSUPPORTED', 'with every player deleted no token is left for the model', '/params/masker', remedy);
}
