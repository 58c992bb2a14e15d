import type { GradientRule } from './gradient-rule.js';
import { abs } from './rules/abs.js';
import { add } from './rules/add.js';
import { cast } from './rules/cast.js';
import { clip } from './rules/clip.js';
import { concat } from './rules/concat.js';
import { cos } from './rules/cos.js';
import { cumSum } from './rules/cum-sum.js';
import { div } from './rules/div.js';
import { dropout } from './rules/dropout.js';
import { erf } from './rules/erf.js';
import { exp } from './rules/exp.js';
import { expand } from './rules/expand.js';
import { extreme } from './rules/extreme.js';
import { gatherElements } from './rules/gather-elements.js';
import { gatherNd } from './rules/gather-nd.js';
import { gather } from './rules/gather.js';
import { gemm } from './rules/gemm.js';
import { identity } from './rules/identity.js';
import { layerNormalization } from './rules/layer-normalization.js';
import { logSoftmax } from './rules/log-softmax.js';
import { log } from './rules/log.js';
import { matMul } from './rules/mat-mul.js';
import { mean } from './rules/mean.js';
import { mul } from './rules/mul.js';
import { neg } from './rules/neg.js';
import { pow } from './rules/pow.js';
import { reciprocal } from './rules/reciprocal.js';
import { reduceExtreme } from './rules/reduce-extreme.js';
import { reduceL1 } from './rules/reduce-l1.js';
import { reduceL2 } from './rules/reduce-l2.js';
import { reduceLogSumExp } from './rules/reduce-log-sum-exp.js';
import { reduceMean } from './rules/reduce-mean.js';
import { reduceSumSquare } from './rules/reduce-sum-square.js';
import { reduceSum } from './rules/reduce-sum.js';
import { relu } from './rules/relu.js';
import { reshape } from './rules/reshape.js';
import { round } from './rules/round.js';
import { sigmoid } from './rules/sigmoid.js';
import { sin } from './rules/sin.js';
import { slice } from './rules/slice.js';
import { softmax } from './rules/softmax.js';
import { split } from './rules/split.js';
import { sqrt } from './rules/sqrt.js';
import { sub } from './rules/sub.js';
import { sum } from './rules/sum.js';
import { tanh } from './rules/tanh.js';
import { transpose } from './rules/transpose.js';
import { trilu } from './rules/trilu.js';
import { where } from './rules/where.js';

/** The derivative of each operator, by domain and name. Adding one is a file in rules/ and a line here. */
export const gradientRules: ReadonlyMap<string, GradientRule> = new Map<string, GradientRule>([
  ['Abs', abs],
  ['Add', add],
  ['Cast', cast],
  ['CastLike', cast],
  ['Ceil', round],
  ['Clip', clip],
  ['Concat', concat],
  ['Cos', cos],
  ['CumSum', cumSum],
  ['Div', div],
  ['Dropout', dropout],
  ['Erf', erf],
  ['Exp', exp],
  ['Expand', expand],
  ['Flatten', reshape],
  ['Floor', round],
  ['Gather', gather],
  ['GatherElements', gatherElements],
  ['GatherND', gatherNd],
  ['Gemm', gemm],
  ['Identity', identity],
  ['LayerNormalization', layerNormalization],
  ['Log', log],
  ['LogSoftmax', logSoftmax],
  ['MatMul', matMul],
  ['Max', extreme],
  ['Mean', mean],
  ['Min', extreme],
  ['Mul', mul],
  ['Neg', neg],
  ['Pow', pow],
  ['Reciprocal', reciprocal],
  ['ReduceL1', reduceL1],
  ['ReduceL2', reduceL2],
  ['ReduceLogSumExp', reduceLogSumExp],
  ['ReduceMax', reduceExtreme],
  ['ReduceMean', reduceMean],
  ['ReduceMin', reduceExtreme],
  ['ReduceSum', reduceSum],
  ['ReduceSumSquare', reduceSumSquare],
  ['Relu', relu],
  ['Reshape', reshape],
  ['Round', round],
  ['Sigmoid', sigmoid],
  ['Sign', round],
  ['Sin', sin],
  ['Slice', slice],
  ['Softmax', softmax],
  ['Split', split],
  ['Sqrt', sqrt],
  ['Squeeze', reshape],
  ['Sub', sub],
  ['Sum', sum],
  ['Tanh', tanh],
  ['Transpose', transpose],
  ['Trilu', trilu],
  ['Unsqueeze', reshape],
  ['Where', where],
]);
