import { indexText, rebuildText, shareTokens, type Coalitions, type IndexedText, type PlayerCandidate } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';
import type { Span, TextModel } from '../contract/model.js';
import { describeTextPlayers, warnOfPlayers } from '../game/describe-players.js';
import type { Game } from '../game/game.js';
import { takeText } from '../game/take-input.js';
import type { LimeTextParams } from './lime-text-params.js';

/**
 * A text as lime reads it: its words go from the text itself, and what remains is tokenised anew.
 *
 * @throws ExplainProblem TEXT_INVALID, TEXT_EMPTY, MASKER_UNSUPPORTED when a text without words has no token at all
 */
export function openLimeGame(request: ExplainRequest<LimeTextParams>, model: TextModel): Game {
  const text = takeText(request.input);
  const { bow } = request.params;
  const encoding = model.encode(text);
  // Removing words must not pull text into view that the model did not see.
  const indexed = findWords(text.slice(0, encoding.cutFrom ?? text.length), bow);
  const cast = shareTokens(
    text,
    encoding,
    indexed.words.map((word, feature) => nameFeature(indexed, word, feature)),
  );
  const players = cast.players.map((_, index) => index);
  refuseEmptyRow(model, indexed);
  let cut = 0;
  const mask = (kept: Uint8Array): Int32Array => {
    const rebuilt = model.encode(rebuildText(indexed, kept));
    if (rebuilt.cutFrom !== null) cut++;
    return rebuilt.ids;
  };
  return {
    model,
    features: describeTextPlayers(text, cast),
    players,
    rowsPerCoalition: 1,
    coalitionsAtATime: 256,
    unexplained: cast.unexplained === null ? [] : [cast.unexplained],
    baseline: { compat: 'lime', bow, ...(bow ? {} : { replacement: indexed.filler }) },
    warnings: warnOfPlayers(text, 'words', cast, model.description.maxTokens),
    predictInput: () => model.predict([encoding.ids]),
    predict: (coalitions, from, to) => model.predict(maskAll(mask, coalitions, from, to)),
    lateWarnings: () => (cut === 0 ? [] : [warnOfCut(cut)]),
  };
}

/**
 * The features of a text by lime's rule.
 *
 * @throws ExplainProblem TEXT_EMPTY
 */
export function findWords(text: string, bow: boolean): IndexedText {
  const indexed = indexText(text, bow);
  if (indexed.words.length > 0) return indexed;
  const remedy = 'Send a text with letters or digits.';
  throw new ExplainProblem('TEXT_EMPTY', "the text has no word by lime's rule", '/input/text', remedy);
}

/** A word that stands in several places is shown by its name, one that stands in one place by the place. */
function nameFeature({ pieces, positions }: IndexedText, word: string, feature: number): PlayerCandidate {
  const spans = (positions[feature] ?? []).map((position): Span => {
    const start = pieces[position]?.start ?? NaN;
    return [start, start + word.length];
  });
  return { name: spans.length > 1 ? word : null, spans };
}

function refuseEmptyRow(model: TextModel, indexed: IndexedText): void {
  if (model.encode(rebuildText(indexed, new Uint8Array(indexed.words.length))).ids.length > 0) return;
  const remedy = 'Leave compat out and use the masker mask-token or replace.';
  throw new ExplainProblem('MASKER_UNSUPPORTED', 'with every word removed no token is left for the model', '/params/compat', remedy);
}

function maskAll(mask: (kept: Uint8Array) => Int32Array, coalitions: Coalitions, from: number, to: number): readonly Int32Array[] {
  const kept = new Uint8Array(coalitions.players);
  return Array.from({ length: to - from }, (_, index) => {
    coalitions.read(from + index, kept);
    return mask(kept);
  });
}

function warnOfCut(cut: number) {
  return {
    code: 'REBUILT_TEXT_CUT',
    message: `With words removed the text has more tokens than before: in ${cut} perturbations its end did not fit into the model. Explain a shorter text, or leave compat out.`,
  };
}
