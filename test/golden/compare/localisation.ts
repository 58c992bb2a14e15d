import type { ImageModel } from '#explainers';
import type { StoredTensor } from '#testing';
import { compareNumbers, compareWords, type Comparison } from './comparison.js';
import type { Explain } from './exact-shap.js';
import { hasTwo, listSceneCases, localise, type Localised, type Scenes } from './localise.js';

type Kind = 'one digit' | 'two digits';
type Figures = Readonly<Record<Kind, { readonly pointing: number; readonly energy: number }>>;

/** localisation-*.json: figures of each method, and of a map of random numbers. */
export type LocalisationReference = Readonly<Record<string, unknown>> & { readonly random: Figures };

/** A figure is a share of 120 or 160 cases: two points are two or three of them, as many as may have two largest pixels about equal. */
const figureTolerance = 0.02;
/**
 * Both sides ran in float32. Where a unit of a ReLU is 0 but for rounding, one side lets its gradient through and the other does not: that moved
 * 1.2e-4 of the energy in one of 280 cases, and less than 2e-6 where there is no ReLU.
 */
const energyTolerance = 5e-4;

/**
 * Pointing game and energy in the box of every method, over all scenes: near the reference's figures, and above a random map's. Also the
 * energy of every case.
 */
export async function compareLocalisation(
  name: string,
  reference: LocalisationReference,
  stored: ReadonlyMap<string, StoredTensor>,
  scenes: Scenes,
  model: ImageModel,
  explain: Explain,
): Promise<readonly Comparison[]> {
  const cases = listSceneCases(scenes);
  const found: ReadonlyMap<string, Localised>[] = [];
  for (const one of cases) found.push(await localise(name, model, explain, scenes, one, attends(stored)));
  return [...(found[0]?.keys() ?? [])].flatMap((method) => {
    const own = (kind: Kind) =>
      cases.flatMap(({ scene }, at) => {
        const one = found[at]?.get(method);
        return one !== undefined && hasTwo(scenes, scene) === (kind === 'two digits') ? [one] : [];
      });
    const figures = (['one digit', 'two digits'] as const).flatMap((kind) => {
      const points = own(kind);
      const mean = (of: (one: Localised) => number) => points.reduce((sum, one) => sum + of(one), 0) / points.length;
      const given = { pointing: mean(({ hit }) => (hit ? 1 : 0)), energy: mean(({ energy }) => energy) };
      const expected = (reference[method] as Figures | undefined)?.[kind];
      return (['pointing', 'energy'] as const).flatMap((figure) => [
        compareNumbers(
          `${name} ${method} ${kind} ${figure} ${given[figure].toFixed(4)}`,
          [given[figure]],
          [expected?.[figure] ?? NaN],
          figureTolerance,
        ),
        compareAbove(`${name} ${method} ${kind} ${figure}`, given[figure], reference.random[kind][figure]),
      ]);
    });
    const energies = found.map((one) => one.get(method)?.energy ?? NaN);
    return [
      ...figures,
      compareNumbers(`${name} ${method} energy of each case`, energies, numbersOf(stored, `${method}.energy`), energyTolerance),
    ];
  });
}

/**
 * Cases one by one: the largest pixel and the energy in the box.
 *
 * @param stored `row`, `target`, `<method>.peak` and `<method>.energy` of the cases of these scenes
 */
export async function compareLocalisedCases(
  name: string,
  stored: ReadonlyMap<string, StoredTensor>,
  scenes: Scenes,
  model: ImageModel,
  explain: Explain,
): Promise<readonly Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const [at, one] of listSceneCases(scenes).entries())
    for (const [method, { peak, energy }] of await localise(name, model, explain, scenes, one, attends(stored))) {
      const what = `${name} ${method} scene ${one.scene} class ${one.index}`;
      const expected = numbersOf(stored, `${method}.peak`).slice(2 * at, 2 * at + 2);
      comparisons.push(
        compareWords(`${what} peak`, peak.map(String), expected.map(String)),
        compareNumbers(`${what} energy`, [energy], numbersOf(stored, `${method}.energy`).slice(at, at + 1), energyTolerance),
      );
    }
  return comparisons;
}

function attends(stored: ReadonlyMap<string, StoredTensor>): boolean {
  return stored.has('attention-rollout.energy');
}

function compareAbove(what: string, value: number, random: number): Comparison {
  const ok = value > random;
  return { what: `${what} above the ${random} of a random map`, maxAbsError: ok ? 0 : random - value, tolerance: 0, ok };
}

function numbersOf(tensors: ReadonlyMap<string, StoredTensor>, name: string): readonly number[] {
  return Array.from<number | bigint>(tensors.get(name)?.data ?? []).map(Number);
}
