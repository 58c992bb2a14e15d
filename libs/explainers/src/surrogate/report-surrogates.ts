import { countEffectiveSamples, type Neighbourhood, type Surrogate } from '#attribution';
import type { Quality, Warning } from '../contract/explanation.js';
import type { Finding } from '../game/game-run.js';
import type { ResolvedTarget } from '../game/resolve-targets.js';

/** Below this share a surrogate misses more of what the model does around the input than it tells. */
const lowFidelity = 0.5;

/** The parts of a surrogate method's result that the surrogates decide. */
export interface SurrogateReport {
  readonly findings: readonly Finding[];
  readonly quality: Quality;
  readonly warnings: readonly Warning[];
}

/**
 * Surrogates as they are shown to people.
 *
 * @param surrogates one per target
 * @param scores of the input, one per target
 * @param players for each feature of a surrogate the index of the feature it is in the result
 * @param samples perturbations drawn, the input included
 */
export function reportSurrogates(
  surrogates: readonly Surrogate[],
  targets: readonly ResolvedTarget[],
  scores: readonly number[],
  players: readonly number[],
  neighbourhood: Neighbourhood,
  samples: number,
  kernelWidth: number,
): SurrogateReport {
  const effectiveSamples = countEffectiveSamples(neighbourhood);
  const terms = 1 + Math.max(...surrogates.map(({ selected }) => selected.length));
  return {
    findings: surrogates.map(({ intercept, weights, standardErrors }) => ({ baseScore: intercept, values: weights, standardErrors })),
    quality: {
      fidelity: surrogates.map(({ fidelity }) => fidelity),
      localPrediction: surrogates.map(({ localPrediction }) => localPrediction),
      kernelWidth,
      effectiveSamples,
      selected: surrogates.map(({ selected }) => selected.map((player) => players[player] ?? player)),
    },
    warnings: [
      ...surrogates.flatMap((surrogate, index) => warnOfSurrogate(surrogate, scores[index] ?? NaN, nameTarget(targets[index]))),
      ...warnOfWeights(effectiveSamples, samples, terms),
    ],
  };
}

function nameTarget(target: ResolvedTarget | undefined): string {
  return target?.class == null ? 'the value' : `the score of "${target.class}"`;
}

function warnOfSurrogate({ fidelity, localPrediction, scoreDeviation }: Surrogate, score: number, target: string): readonly Warning[] {
  const warnings: Warning[] = [];
  if (fidelity < lowFidelity) {
    const share = fidelity < 0.005 ? 'nothing' : `only ${Math.round(fidelity * 100)} %`;
    warnings.push({
      code: 'LOW_FIDELITY',
      message:
        `The weights account for ${share} of how ${target} varies around this input (weighted R² ${fidelity.toFixed(2)}): features act ` +
        'together there in ways that a sum of weights cannot show. Do not rely on single weights; compare with exact-shap or kernel-shap.',
    });
  }
  if (Math.abs(score - localPrediction) > scoreDeviation) {
    warnings.push({
      code: 'LOCAL_PREDICTION_OFF',
      message:
        `For this very input the linear model gives ${localPrediction.toFixed(3)} where the model gives ${score.toFixed(3)}: further off than ${target} ` +
        `usually varies around it (standard deviation ${scoreDeviation.toFixed(3)}). A smaller kernelWidth brings the linear model nearer; compare with exact-shap or kernel-shap.`,
    });
  }
  return warnings;
}

function warnOfWeights(effectiveSamples: number, samples: number, terms: number): readonly Warning[] {
  if (effectiveSamples > terms) return [];
  return [
    {
      code: 'NEIGHBOURHOOD_THIN',
      message:
        `The kernel leaves ${samples} perturbations the weight of ${effectiveSamples.toFixed(1)} equal ones, and the surrogate fits ${terms} numbers to them: ` +
        'the weights mostly show the ridge penalty. Raise kernelWidth or the budget.',
    },
  ];
}
