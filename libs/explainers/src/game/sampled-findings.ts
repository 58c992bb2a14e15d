import type { Warning } from '../contract/explanation.js';
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

export function warnOfPrecision(reached: number, precision: number | null, budget: number): Warning {
  return {
    code: 'PRECISION_NOT_REACHED',
    message: `The budget of ${budget} evaluations ended at a half-width of ${reached.toPrecision(3)}, and ${precision ?? 0} was asked for. Raise the budget: four times as many evaluations about halve it.`,
  };
}
