import type { GradientRule } from './gradient-rule.js';
import { abs } from './rules/abs.js';
import { acos } from './rules/acos.js';
import { acosh } from './rules/acosh.js';
import { add } from './rules/add.js';
import { arrayFeatureExtractor } from './rules/array-feature-extractor.js';
import { asin } from './rules/asin.js';
import { asinh } from './rules/asinh.js';
import { atan } from './rules/atan.js';
import { atanh } from './rules/atanh.js';
import { averagePool } from './rules/average-pool.js';
import { batchNormalization } from './rules/batch-normalization.js';
import { cast } from './rules/cast.js';
import { celu } from './rules/celu.js';
import { clip } from './rules/clip.js';
import { concat } from './rules/concat.js';
import { conv } from './rules/conv.js';
import { convTranspose } from './rules/conv-transpose.js';
import { cos } from './rules/cos.js';
import { cosh } from './rules/cosh.js';
import { cumSum } from './rules/cum-sum.js';
import { depthToSpace } from './rules/depth-to-space.js';
import { div } from './rules/div.js';
import { dropout } from './rules/dropout.js';
import { einsum } from './rules/einsum.js';
import { elu } from './rules/elu.js';
import { erf } from './rules/erf.js';
import { exp } from './rules/exp.js';
import { expand } from './rules/expand.js';
import { extreme } from './rules/extreme.js';
import { gather } from './rules/gather.js';
import { gatherElements } from './rules/gather-elements.js';
import { gatherNd } from './rules/gather-nd.js';
import { gemm } from './rules/gemm.js';
import { globalAveragePool } from './rules/global-average-pool.js';
import { globalLpPool } from './rules/global-lp-pool.js';
import { globalMaxPool } from './rules/global-max-pool.js';
import { groupNormalization } from './rules/group-normalization.js';
import { hardSigmoid } from './rules/hard-sigmoid.js';
import { hardSwish } from './rules/hard-swish.js';
import { identity } from './rules/identity.js';
import { imputer } from './rules/imputer.js';
import { instanceNormalization } from './rules/instance-normalization.js';
import { layerNormalization } from './rules/layer-normalization.js';
import { leakyRelu } from './rules/leaky-relu.js';
import { linearClassifier } from './rules/linear-classifier.js';
import { linearRegressor } from './rules/linear-regressor.js';
import { log } from './rules/log.js';
import { logSoftmax } from './rules/log-softmax.js';
import { lpNormalization } from './rules/lp-normalization.js';
import { lpPool } from './rules/lp-pool.js';
import { lrn } from './rules/lrn.js';
import { matMul } from './rules/mat-mul.js';
import { matMulNBits } from './rules/mat-mul-n-bits.js';
import { maxPool } from './rules/max-pool.js';
import { mean } from './rules/mean.js';
import { mish } from './rules/mish.js';
import { mul } from './rules/mul.js';
import { neg } from './rules/neg.js';
import { normalizer } from './rules/normalizer.js';
import { pRelu } from './rules/p-relu.js';
import { pad } from './rules/pad.js';
import { pow } from './rules/pow.js';
import { reciprocal } from './rules/reciprocal.js';
import { reduceExtreme } from './rules/reduce-extreme.js';
import { reduceL1 } from './rules/reduce-l1.js';
import { reduceL2 } from './rules/reduce-l2.js';
import { reduceLogSumExp } from './rules/reduce-log-sum-exp.js';
import { reduceMean } from './rules/reduce-mean.js';
import { reduceProd } from './rules/reduce-prod.js';
import { reduceSum } from './rules/reduce-sum.js';
import { reduceSumSquare } from './rules/reduce-sum-square.js';
import { relu } from './rules/relu.js';
import { reshape } from './rules/reshape.js';
import { resize } from './rules/resize.js';
import { round } from './rules/round.js';
import { scaler } from './rules/scaler.js';
import { selu } from './rules/selu.js';
import { shrink } from './rules/shrink.js';
import { sigmoid } from './rules/sigmoid.js';
import { sin } from './rules/sin.js';
import { sinh } from './rules/sinh.js';
import { slice } from './rules/slice.js';
import { softmax } from './rules/softmax.js';
import { softplus } from './rules/softplus.js';
import { softsign } from './rules/softsign.js';
import { spaceToDepth } from './rules/space-to-depth.js';
import { split } from './rules/split.js';
import { sqrt } from './rules/sqrt.js';
import { sub } from './rules/sub.js';
import { sum } from './rules/sum.js';
import { swish } from './rules/swish.js';
import { tan } from './rules/tan.js';
import { tanh } from './rules/tanh.js';
import { thresholdedRelu } from './rules/thresholded-relu.js';
import { tile } from './rules/tile.js';
import { transpose } from './rules/transpose.js';
import { trilu } from './rules/trilu.js';
import { where } from './rules/where.js';

/** The derivative of each operator, by domain and name. Adding one is a file in rules/ and a line here. */
export const gradientRules: ReadonlyMap<string, GradientRule> = new Map<string, GradientRule>([
  ['Abs', abs],
  ['Acos', acos],
  ['Acosh', acosh],
  ['Add', add],
  ['Asin', asin],
  ['Asinh', asinh],
  ['Atan', atan],
  ['Atanh', atanh],
  ['AveragePool', averagePool],
  ['BatchNormalization', batchNormalization],
  ['Cast', cast],
  ['CastLike', cast],
  ['Ceil', round],
  ['Celu', celu],
  ['Clip', clip],
  ['Concat', concat],
  ['Conv', conv],
  ['ConvTranspose', convTranspose],
  ['Cos', cos],
  ['Cosh', cosh],
  ['CumSum', cumSum],
  ['DepthToSpace', depthToSpace],
  ['Div', div],
  ['Dropout', dropout],
  ['Einsum', einsum],
  ['Elu', elu],
  ['Erf', erf],
  ['Exp', exp],
  ['Expand', expand],
  ['Flatten', reshape],
  ['Floor', round],
  ['Gather', gather],
  ['GatherElements', gatherElements],
  ['GatherND', gatherNd],
  ['Gemm', gemm],
  ['GlobalAveragePool', globalAveragePool],
  ['GlobalLpPool', globalLpPool],
  ['GlobalMaxPool', globalMaxPool],
  ['GroupNormalization', groupNormalization],
  ['HardSigmoid', hardSigmoid],
  ['HardSwish', hardSwish],
  ['Identity', identity],
  ['InstanceNormalization', instanceNormalization],
  ['LRN', lrn],
  ['LayerNormalization', layerNormalization],
  ['LeakyRelu', leakyRelu],
  ['Log', log],
  ['LogSoftmax', logSoftmax],
  ['LpNormalization', lpNormalization],
  ['LpPool', lpPool],
  ['MatMul', matMul],
  ['Max', extreme],
  ['MaxPool', maxPool],
  ['Mean', mean],
  ['Min', extreme],
  ['Mish', mish],
  ['Mul', mul],
  ['Neg', neg],
  ['PRelu', pRelu],
  ['Pad', pad],
  ['Pow', pow],
  ['Reciprocal', reciprocal],
  ['ReduceL1', reduceL1],
  ['ReduceL2', reduceL2],
  ['ReduceLogSumExp', reduceLogSumExp],
  ['ReduceMax', reduceExtreme],
  ['ReduceMean', reduceMean],
  ['ReduceMin', reduceExtreme],
  ['ReduceProd', reduceProd],
  ['ReduceSum', reduceSum],
  ['ReduceSumSquare', reduceSumSquare],
  ['Relu', relu],
  ['Reshape', reshape],
  ['Resize', resize],
  ['Round', round],
  ['Selu', selu],
  ['Shrink', shrink],
  ['Sigmoid', sigmoid],
  ['Sign', round],
  ['Sin', sin],
  ['Sinh', sinh],
  ['Slice', slice],
  ['Softmax', softmax],
  ['Softplus', softplus],
  ['Softsign', softsign],
  ['SpaceToDepth', spaceToDepth],
  ['Split', split],
  ['Sqrt', sqrt],
  ['Squeeze', reshape],
  ['Sub', sub],
  ['Sum', sum],
  ['Swish', swish],
  ['Tan', tan],
  ['Tanh', tanh],
  ['ThresholdedRelu', thresholdedRelu],
  ['Tile', tile],
  ['Transpose', transpose],
  ['Trilu', trilu],
  ['Unsqueeze', reshape],
  ['Where', where],
  ['ai.onnx.ml:ArrayFeatureExtractor', arrayFeatureExtractor],
  ['ai.onnx.ml:Imputer', imputer],
  ['ai.onnx.ml:LinearClassifier', linearClassifier],
  ['ai.onnx.ml:LinearRegressor', linearRegressor],
  ['ai.onnx.ml:Normalizer', normalizer],
  ['ai.onnx.ml:Scaler', scaler],
  ['com.microsoft:MatMulNBits', matMulNBits],
]);
