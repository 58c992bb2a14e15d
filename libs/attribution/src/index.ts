export * from './lime/index.js';
export { carryCrossRelevance, type PairTokens } from './attention/carry-cross-relevance.js';
export { carryRelevance } from './attention/carry-relevance.js';
export { CausalRollout } from './attention/causal-rollout.js';
export { rollOutAttention, type HeadMaps } from './attention/roll-out-attention.js';
export { HeadMeter, headPatterns, type HeadPattern, type HeadSummary, type RowMeasures } from './attention/head-meter.js';
export { drawToken, type DrawRules } from './generation/draw-token.js';
export { logSumExp } from './generation/log-sum-exp.js';
export { rankTokens } from './generation/rank-tokens.js';
export type { Coalitions } from './coalitions/coalitions.js';
export { DistinctCoalitions } from './coalitions/distinct-coalitions.js';
export { everyCoalition } from './coalitions/every-coalition.js';
export { sliceCoalitions } from './coalitions/slice-coalitions.js';
export { deleteSpans } from './maskers/delete-spans.js';
export { deleteTokens } from './maskers/delete-tokens.js';
export { fillTable } from './maskers/fill-table.js';
export { maskTokens } from './maskers/mask-tokens.js';
export { ownTokens } from './maskers/own-tokens.js';
export { longestReplacement, replaceTokens } from './maskers/replace-tokens.js';
export { averageDrops, slideWindows, type OcclusionWindow } from './occlusion/windows.js';
export {
  assignTokens,
  playTokens,
  shareTokens,
  type PlayerCandidate,
  type TextPlayer,
  type TextPlayers,
  type TokenView,
} from './players/assign-tokens.js';
export { segmentText, type TextUnit } from './players/segment-text.js';
export { meanScore } from './score/mean-score.js';
export { scoreRow } from './score/score-row.js';
export type { OutputScale } from './score/output-scale.js';
export { probabilityOf } from './score/probabilities.js';
export type { ClipCounter, ScoredTarget, ScoreSpace } from './score/score-row.js';
export { scoreSpaces } from './score/score-spaces.js';
export { allocatePairs } from './shapley/allocate-pairs.js';
export { averagePermutations } from './shapley/average-permutations.js';
export { fitShapley, type ShapleyEstimate } from './shapley/fit-shapley.js';
export type { PairSample, SampledWorths } from './shapley/pair-sample.js';
export { samplePairs } from './shapley/pair-sampler.js';
export { pairStrata, type PairStratum } from './shapley/pair-strata.js';
export { PermutationPairs } from './shapley/permutation-pairs.js';
export { shapleyValues } from './shapley/shapley-values.js';
export { drawPoissonWeights } from './global/poisson-weights.js';
export { RowSample, type SampledRow } from './global/row-sample.js';
export { WordTable, type WordCount, type WordTableData } from './global/word-table.js';
export { reduceGradient, reductions, type NumberRange, type Reduction } from './gradient/reduce-gradient.js';
export { gradCam, type FeatureMap } from './image/grad-cam.js';
export { upsampleBilinear, type Sides } from './image/upsample-bilinear.js';
export { findPatches, type PatchGrid } from './image/find-patches.js';
