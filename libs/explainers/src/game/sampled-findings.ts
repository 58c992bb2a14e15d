import type { ExplainerOutput, Warning } from '../contract/explanation.js';
import { countCoalitions } from './count-coalitions.js';
import { enumerateCoalitions } from './enumerate-coalitions.js';
import type { Finding, GameRun } from './game-run.js';

/** What a method that samples found. */
export interface SampledFindings {
  readonly findings: readonly Finding[];
  /** Half-width of the widest 95 % interval over players and targets; 0 when every coalition was asked for. */
  readonly halfWidth: number;
}

/** Exact values with errors of 0, for a method that samples and was given a budget that needs no sample. */
export async function enumerateWithoutError(run: GameRun): Promise<SampledFindings> {
  const findings = await enumerateCoalitions(run);
  return { findings: findings.map((finding) => ({ ...finding, standardErrors: new Float64Array(finding.values.length) })), halfWidth: 0 };
}

/** Standard errors in the half-width of a 95 % interval. */
const halfWidth = 1.96;

/** Half-width of the widest 95 % interval of all targets' estimates. */
export function widestInterval(estimates: readonly { readonly standardErrors: ArrayLike<number> }[]): number {
  return (
    halfWidth * estimates.reduce((widest, { standardErrors }) => Array.from(standardErrors).reduce((a, b) => Math.max(a, b), widest), 0)
  );
}

/** Ends the run of a method that samples: whether it came as close as was asked, and a warning where it did not. */
export function finishSampled(
  run: GameRun,
  { findings, halfWidth: reached }: SampledFindings,
  { budget, precision }: { readonly budget: number; readonly precision: number | null },
  quality: Readonly<Record<string, unknown>> = {},
): ExplainerOutput {
  const converged = precision === null ? null : reached <= precision;
  return run.finish({
    findings,
    budget,
    estimated: budget < countCoalitions(run.game.players.length),
    truncated: converged === false,
    quality: { fidelity: null, converged, halfWidth: reached, ...quality },
    warnings: converged === false ? [warnOfPrecision(reached, precision, budget)] : [],
  });
}

function warnOfPrecision(reached: number, precision: number | null, budget: number): Warning {
  return {
    code: 'PRECISION_NOT_REACHED',
    message: `The budget of ${budget} evaluations ended at a half-width of ${reached.toPrecision(3)}, and ${precision ?? 0} was asked for. Raise the budget: four times as many evaluations about halve it.`,
  };
}
