import { ExplainProblem } from '../contract/explain-problem.js';
import type { KnownAttention } from '../contract/known-attention.js';
import type { LayerHeads } from '../contract/model.js';
import type { HeadAblationParams, HeadGate } from './head-ablation-params.js';

/**
 * The sets of heads that are switched off together.
 *
 * @param layers as the model lists them
 * @throws ExplainProblem PARAM_INVALID for a layer or head that the model has not
 */
export function chooseSets({ sets }: HeadAblationParams, layers: readonly LayerHeads[]): readonly (readonly HeadGate[])[] {
  if (sets === 'each') return layers.flatMap(({ layer, heads }) => Array.from({ length: heads }, (_, head) => [{ layer, head, value: 0 }]));
  expectPresent(
    sets,
    layers.map(({ heads }) => heads),
  );
  return sets;
}

/**
 * Refuses heads that a model does not have, before a job is accepted.
 *
 * @param known as registration read it
 * @throws ExplainProblem PARAM_INVALID for a layer or head that the model has not
 */
export function checkKnown({ sets }: HeadAblationParams, { layers, heads }: KnownAttention): void {
  if (sets === 'each') return;
  expectPresent(
    sets,
    layers.map(() => heads ?? Infinity),
  );
}

/** @param heads of each layer */
function expectPresent(sets: readonly (readonly HeadGate[])[], heads: readonly number[]): void {
  sets.forEach((set, place) =>
    set.forEach(({ layer, head }, at) => {
      const pointer = `/params/sets/${place}/${at}`;
      const present = heads[layer];
      if (present === undefined) {
        const remedy = `Use a layer of 0 … ${heads.length - 1}.`;
        throw new ExplainProblem('PARAM_INVALID', `the model has no layer ${layer} of self-attention`, `${pointer}/layer`, remedy);
      }
      if (head < present) return;
      throw new ExplainProblem(
        'PARAM_INVALID',
        `layer ${layer} has no head ${head}`,
        `${pointer}/head`,
        `Use a head of 0 … ${present - 1}.`,
      );
    }),
  );
}

/**
 * What can be wrong with sets and can be seen without the graph.
 *
 * @throws ExplainProblem PARAM_INVALID for a head that a set names twice
 */
export function checkSets({ sets }: HeadAblationParams): void {
  if (sets === 'each') return;
  sets.forEach((set, place) => {
    const seen = new Set<string>();
    set.forEach(({ layer, head }, at) => {
      const name = nameHead(layer, head);
      if (seen.has(name)) {
        const pointer = `/params/sets/${place}/${at}`;
        throw new ExplainProblem('PARAM_INVALID', `${name} stands in the set twice`, pointer, 'Name every head of a set once.');
      }
      seen.add(name);
    });
  });
}

const namedAtMost = 3;

/** A set as people read it. */
export function nameSet(set: readonly HeadGate[]): string {
  const names = set.slice(0, namedAtMost).map(({ layer, head, value }) => nameHead(layer, head) + (value === 0 ? '' : ` × ${value}`));
  const rest = set.length - namedAtMost;
  return rest > 0 ? `${names.join(' and ')} and ${rest} more` : names.join(' and ');
}

function nameHead(layer: number, head: number): string {
  return `layer ${layer}, head ${head}`;
}
