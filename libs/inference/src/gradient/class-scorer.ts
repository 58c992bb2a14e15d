import { Tensor } from 'onnxruntime-node';
import { scoreRow, type OutputScale, type ScoredTarget } from '#attribution';
import type { GradientTarget, PointNames } from '#explainers';
import type { ExplainedSpace } from '#graph';
import { checkFinite } from '../session/check-finite.js';
import { readScores } from '../session/read-scores.js';
import { GradientScorer, theInput, type ScoreAsk } from './gradient-scorer.js';

/** Scores of classifiers and regressions: outputs [rows, numbers]. */
export class ClassScorer extends GradientScorer {
  constructor(
    private readonly name: string,
    private readonly scale: OutputScale,
    private readonly classes: readonly string[],
  ) {
    super();
  }

  override ask(target: GradientTarget, rows: number): ScoreAsk {
    const own = expectClass(target);
    const { width } = this.scale;
    const data = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) {
      data[row * width + own.index] = 1;
      if (own.against !== null) data[row * width + own.against] = -1;
    }
    return { space: findSpace(own, this.scale), weights: new Tensor('float32', data, [rows, width]) };
  }

  override read(output: Tensor, rows: number, target: GradientTarget, called: PointNames = theInput): Float64Array {
    const { width, kind } = this.scale;
    const scores = readScores(output, rows, { name: this.name, kind, outputs: width });
    checkFinite(scores, width, this.classes, called);
    const own = expectClass(target);
    return Float64Array.from({ length: rows }, (_, row) => scoreRow(scores, row * width, this.scale, own, { clips: 0 }));
  }
}

function expectClass(target: GradientTarget): ScoredTarget {
  if ('tokens' in target) throw new RangeError('a classifier has classes, and no tokens to score');
  return target;
}

/** The gradient of `scoreRow`, by the space that has it. */
function findSpace({ space, against }: ScoredTarget, { kind, multiLabel }: OutputScale): ExplainedSpace {
  if (kind === 'margin' || kind === 'value' || space === 'logit' || space === 'margin' || space === 'value') return 'raw';
  if (kind === 'probabilities') {
    if (space === 'probability') return 'raw';
    return space === 'log-probability' || against !== null ? 'log' : 'logit';
  }
  if (space === 'probability') return multiLabel ? 'sigmoid' : 'softmax';
  // The logarithm of a ratio of two softmax probabilities is a difference of logits.
  if (against !== null) return multiLabel ? 'log-sigmoid' : 'raw';
  if (space === 'log-probability') return multiLabel ? 'log-sigmoid' : 'log-softmax';
  return multiLabel ? 'raw' : 'log-odds';
}
