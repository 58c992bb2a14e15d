import { playTokens } from '#attribution';
import { ExplainProblem } from '../contract/explain-problem.js';
import type { ExplainRequest } from '../contract/explainer.js';
import { TextModel, type LayerHeads, type Model } from '../contract/model.js';
import { warnOfPlayers } from '../game/describe-players.js';
import type { Game } from '../game/game.js';
import { takeText } from '../game/take-input.js';
import { chooseSets, nameSet } from './choose-sets.js';
import type { HeadAblationParams, HeadGate } from './head-ablation-params.js';

/** A model's heads as a game: the players are sets of heads, an absent one is switched off. */
export interface HeadGame extends Game {
  readonly layers: readonly LayerHeads[];
  readonly sets: readonly (readonly HeadGate[])[];
}

/** Settings given to the model at a time; a batch of short texts holds as many. */
const settingsAtATime = 32;

/** @throws ExplainProblem METHOD_NOT_APPLICABLE, ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, PARAM_INVALID, and what `takeText` throws */
export async function openHeadGame(request: ExplainRequest<HeadAblationParams>, model: Model): Promise<HeadGame> {
  if (!(model instanceof TextModel))
    throw new ExplainProblem('METHOD_NOT_APPLICABLE', 'the method switches off heads of attention, and this model reads no text', '/model');
  const text = takeText(request.input);
  const layers = await model.readHeads();
  const sets = chooseSets(request.params, layers);
  const encoding = model.encode(text);
  const seen = playTokens(text, encoding);
  const starts = placeLayers(layers);
  return {
    model,
    layers,
    sets,
    features: sets.map((set) => ({ name: nameSet(set), value: null })),
    players: sets.map((_, place) => place),
    rowsPerCoalition: 1,
    coalitionsAtATime: settingsAtATime,
    unexplained: seen.unexplained === null ? [] : [seen.unexplained],
    baseline: { players: 'heads', absent: 'the output of the head times its value' },
    warnings: warnOfPlayers(text, 'tokens', seen, model.description.maxTokens),
    predictInput: () => model.predictGated(encoding.ids, [openGates(layers)]),
    predict: (coalitions, from, to) => {
      const present = new Uint8Array(sets.length);
      const settings = Array.from({ length: to - from }, (_, index) => {
        coalitions.read(from + index, present);
        const gates = openGates(layers);
        sets.forEach((set, place) => {
          if (present[place] === 0) for (const { layer, head, value } of set) gates[(starts[layer] ?? 0) + head] = value;
        });
        return gates;
      });
      return model.predictGated(encoding.ids, settings);
    },
    lateWarnings: () => [],
  };
}

function openGates(layers: readonly LayerHeads[]): Float64Array {
  return new Float64Array(layers.reduce((sum, { heads }) => sum + heads, 0)).fill(1);
}

/** Where the heads of each layer begin among all heads. */
function placeLayers(layers: readonly LayerHeads[]): readonly number[] {
  let from = 0;
  return layers.map(({ heads }) => {
    const start = from;
    from += heads;
    return start;
  });
}
