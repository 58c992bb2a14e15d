import { z } from 'zod';
import type { LocalExplainer } from '../contract/explainer.js';
import { exactShap } from '../exact-shap/exact-shap.js';
import { kernelShap } from '../kernel-shap/kernel-shap.js';
import { occlusion } from '../occlusion/occlusion.js';
import { permutationShap } from '../permutation-shap/permutation-shap.js';

/** Players assumed where only a tokenizer could count them. */
const assumedPlayers = 30;

interface LocalMethod {
  readonly explainer: LocalExplainer;
  /** Evaluations of one row at most; for a text with as many players as assumed. */
  estimate(params: unknown, players: number): number;
}

const withinBudget = (params: unknown, players: number): number => Math.min((params as { readonly budget: number }).budget, 2 ** players);

/** The methods whose attributions of single rows are put together. */
export const localMethods: readonly LocalMethod[] = [
  { explainer: exactShap, estimate: (_, players) => 2 ** Math.min(players, 16) },
  { explainer: kernelShap, estimate: withinBudget },
  { explainer: permutationShap, estimate: withinBudget },
  { explainer: occlusion, estimate: (_, players) => players + 2 },
];

const [first, ...others] = localMethods.map(({ explainer }) =>
  z.strictObject({ method: z.literal(explainer.method), params: explainer.params.prefault({}) }),
);
if (first === undefined) throw new RangeError('there is no local method');

/** One of the local methods with its own parameters. */
export const localRequestSchema = z.discriminatedUnion('method', [first, ...others]);
export type LocalRequest = z.output<typeof localRequestSchema>;

/** @throws RangeError for a method that is none of them, which the schema has excluded */
export function findLocal({ method }: LocalRequest): LocalMethod {
  const found = localMethods.find(({ explainer }) => explainer.method === method);
  if (found === undefined) throw new RangeError(`no local method ${method}`);
  return found;
}

/** Evaluations of one row, at most. @param players null where only a tokenizer could count them */
export function estimateEvaluations(local: LocalRequest, players: number | null): number {
  return findLocal(local).estimate(local.params, players ?? assumedPlayers);
}
