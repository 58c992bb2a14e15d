import type { TextPlayer, TextPlayers } from '#attribution';
import type { Feature, Warning } from '../contract/explanation.js';
import type { PlayerKind } from './game-params.js';
import { quote } from './name-choices.js';

const namedAtMost = 5;

/** Players of a text as they are shown to people. */
export function describeTextPlayers(text: string, { players }: TextPlayers): readonly Feature[] {
  return players.map((player): Feature => {
    if (player.name !== null) return { name: player.name, spans: player.spans, tokens: player.tokens };
    const [start, end] = hull(player);
    return { text: text.slice(start, end), span: [start, end], tokens: player.tokens };
  });
}

/** What a person should know of players that are not what was asked for. */
export function warnOfPlayers(
  text: string,
  kind: PlayerKind,
  { players, merged, unexplained }: TextPlayers,
  maxTokens: number | null,
): readonly Warning[] {
  const warnings: Warning[] = [];
  if (merged.length > 0) {
    warnings.push({
      code: 'PLAYERS_MERGED',
      message: `Tokens of the model reach into several ${kind}, which can only be absent together and were joined: ${listPlayers(text, merged)}.`,
    });
  }
  const idle = players.filter((player) => player.tokens.length === 0);
  if (idle.length > 0) {
    warnings.push({
      code: 'PLAYER_WITHOUT_TOKENS',
      message: `The tokenizer drops these ${kind}, so the model never sees them and they are attributed 0: ${listPlayers(text, idle)}.`,
    });
  }
  if (unexplained !== null) {
    const [from, to] = unexplained;
    warnings.push({
      code: 'TOKENS_TRUNCATED',
      message:
        `The model reads at most ${maxTokens ?? 'a fixed number of'} tokens. The text up to position ${from} was explained; ` +
        `positions ${from} to ${to} were not seen by the model and are listed as unexplained. Explain the rest in a request of its own.`,
    });
  }
  return warnings;
}

function listPlayers(text: string, players: readonly TextPlayer[]): string {
  const names = players.slice(0, namedAtMost).map((player) => quote(player.name ?? text.slice(...hull(player))));
  return players.length > namedAtMost ? `${names.join(', ')} and ${players.length - namedAtMost} more` : names.join(', ');
}

/** From the start of the first span to the end of the last. */
function hull({ spans }: TextPlayer): [start: number, end: number] {
  return [spans[0]?.[0] ?? 0, spans.at(-1)?.[1] ?? 0];
}
