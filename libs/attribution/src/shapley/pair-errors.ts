import { normalQuantile, studentQuantile } from '#numeric';
import { evenShare, listMembers, pairWeight, unseenShare, type PairSample, type SampledWorths } from './pair-sample.js';

/** Probability outside the interval at which Student's law and the standard errors agree: 1 %. */
const tails = 0.01;

/** Sums over the pairs of one stratum, for one target; arrays have one entry per player. */
interface StratumSums {
  readonly influence: Float64Array;
  readonly squares: Float64Array;
  readonly fourths: Float64Array;
}

/**
 * Standard errors of Shapley values that were fitted to a stratified sample of pairs.
 *
 * The estimator is linearised: a pair moves the value of player i by its influence w (D⁻¹ x)ᵢ e, D being the design, w the
 * pair's weight and e its residual. Two estimates of the variance are made, and the larger is taken:
 *
 * - the design-based one: in each stratum the spread of the influences about their mean, times the share of the stratum
 *   that was not drawn (no error comes from a stratum taken whole);
 * - the model-based one: all residuals pooled, as if they had one variance. In a small sample of a game with rare large
 *   interactions the first is too small as long as none of them is drawn.
 *
 * Residuals are divided by √(1 - leverage), because the fit follows the pairs it was made of (HC2). A variance that rests on
 * few pairs, or on a few large influences among many, is itself uncertain: the error is stretched by the ratio of Student's to
 * the normal quantile at 99 %, so that 2.58 standard errors hold 99 % of the cases. Student's degrees of freedom are
 * Satterthwaite's, 2 V² / Var(V), the latter from normal theory or from the fourth moments, whichever is larger.
 *
 * @param inverse as `invertDesign` returns it
 * @param slopes fitted values less their mean, [target][player]
 * @returns [target][player]
 *
 * Source: C.-E. Särndal, B. Swensson, J. Wretman, "Model assisted survey sampling" (1992), sections 3.7 and 6.6; J. G. MacKinnon,
 * H. White, "Some heteroskedasticity-consistent covariance matrix estimators" (1985); F. E. Satterthwaite (1946).
 */
export function measureErrors(
  sample: PairSample,
  inverse: Float64Array,
  targets: readonly SampledWorths[],
  slopes: readonly Float64Array[],
): readonly Float64Array[] {
  const { players, strata, counts, stratumOf } = sample;
  const sampled = strata.map((_, stratum) => unseenShare(sample, stratum) > 0);
  const sums = targets.map(() => strata.map(() => emptySums(players)));
  const reach = new Float64Array(players);
  const pooled = targets.map(() => 0);
  const drawn = counts.reduce((sum, count, stratum) => sum + (sampled[stratum] === true ? count : 0), 0);

  const present = new Uint8Array(players);
  const members = new Int32Array(players);
  const pull = new Float64Array(players);
  const rowSums = sumRows(inverse, players);
  for (let pair = 0; pair < sample.pairs.length; pair++) {
    const stratum = stratumOf[pair] ?? 0;
    if (sampled[stratum] !== true) continue;
    const size = listMembers(sample, pair, present, members);
    const weight = pairWeight(sample, stratum);
    const leverage = weight * pullPlayers(inverse, rowSums, members, size, pull);
    const unseen = unseenShare(sample, stratum) * weight * weight;
    for (let i = 0; i < players; i++) reach[i] = (reach[i] ?? 0) + unseen * (pull[i] ?? 0) ** 2;
    targets.forEach((target, index) => {
      const residual = findResidual(target, slopes[index] ?? pull, pair, members, size, players) / Math.sqrt(1 - leverage);
      pooled[index] = (pooled[index] ?? 0) + residual * residual;
      const into = sums[index]?.[stratum];
      if (into === undefined) return;
      for (let i = 0; i < players; i++) {
        const influence = weight * (pull[i] ?? 0) * residual;
        into.influence[i] = (into.influence[i] ?? 0) + influence;
        into.squares[i] = (into.squares[i] ?? 0) + influence ** 2;
        into.fourths[i] = (into.fourths[i] ?? 0) + influence ** 4;
      }
    });
  }
  return sums.map((byStratum, index) =>
    reach.map((spread, player) => {
      const modelled = drawn === 0 ? 0 : (spread * (pooled[index] ?? 0)) / drawn;
      return combineStrata(sample, byStratum, player, modelled);
    }),
  );
}

function emptySums(players: number): StratumSums {
  return { influence: new Float64Array(players), squares: new Float64Array(players), fourths: new Float64Array(players) };
}

/** The standard error of one player's value. */
function combineStrata(sample: PairSample, sums: readonly StratumSums[], player: number, modelled: number): number {
  let variance = 0;
  let normalSpread = 0;
  let measuredSpread = 0;
  sums.forEach(({ influence, squares, fourths }, stratum) => {
    const count = sample.counts[stratum] ?? 0;
    const unseen = unseenShare(sample, stratum);
    if (unseen <= 0) return;
    const square = squares[player] ?? 0;
    const factor = (unseen * count) / (count - 1);
    const part = factor * Math.max(0, square - (influence[player] ?? 0) ** 2 / count);
    variance += part;
    normalSpread += (2 * part ** 2) / (count - 1);
    measuredSpread += (factor ** 2 * Math.max(0, (fourths[player] ?? 0) - square ** 2 / count) * count) / (count - 1);
  });
  const larger = Math.max(variance, modelled);
  if (larger === 0) return 0;
  const spread = Math.max(normalSpread, measuredSpread);
  const degrees = spread === 0 ? Infinity : Math.max(2, (2 * variance ** 2) / spread);
  return Math.sqrt(larger) * (studentQuantile(tails, degrees) / -normalQuantile(tails / 2));
}

/** Writes D⁻¹ x of a pair into `pull` and returns xᵀ D⁻¹ x. */
function pullPlayers(inverse: Float64Array, rowSums: Float64Array, members: Int32Array, size: number, pull: Float64Array): number {
  const players = pull.length;
  const share = size / players;
  for (let i = 0; i < players; i++) pull[i] = -share * (rowSums[i] ?? NaN);
  for (let a = 0; a < size; a++) {
    const row = (members[a] ?? 0) * players;
    for (let i = 0; i < players; i++) pull[i] = (pull[i] ?? NaN) + (inverse[row + i] ?? NaN);
  }
  return contrastOf(pull, members, size);
}

/** xᵀ v for the pair with these members. */
function contrastOf(vector: Float64Array, members: Int32Array, size: number): number {
  let inside = 0;
  for (let a = 0; a < size; a++) inside += vector[members[a] ?? 0] ?? NaN;
  let all = 0;
  for (const value of vector) all += value;
  return inside - (size / vector.length) * all;
}

function findResidual(
  { oddParts, total }: SampledWorths,
  slopes: Float64Array,
  pair: number,
  members: Int32Array,
  size: number,
  players: number,
): number {
  return (oddParts[pair] ?? NaN) - evenShare(total, size, players) - contrastOf(slopes, members, size);
}

function sumRows(matrix: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, row) => {
    let sum = 0;
    for (let column = 0; column < size; column++) sum += matrix[row * size + column] ?? NaN;
    return sum;
  });
}
