import { Tensor } from 'onnxruntime-node';
import { logSumExp } from '#attribution';
import { ExplainProblem, type GradientTarget, type PointNames, type TokenScore } from '#explainers';
import type { ExplainedSpace } from '#graph';
import { readFloats } from '../session/read-floats.js';
import { GradientScorer, theInput, type ScoreAsk } from './gradient-scorer.js';

const spaces: Readonly<Record<TokenScore['space'], ExplainedSpace>> = {
  probability: 'softmax',
  'log-probability': 'log-softmax',
  logit: 'raw',
};

/** Scores of the tokens of a language model: logits [rows, positions, vocabulary] of the positions that the target names. */
export class TokenScorer extends GradientScorer {
  constructor(private readonly vocabulary: number) {
    super();
  }

  override ask(target: GradientTarget, rows: number): ScoreAsk {
    const own = expectTokens(target);
    const positions = listPositions(own);
    const size = positions.length * this.vocabulary;
    const data = new Float32Array(rows * size);
    for (let row = 0; row < rows; row++)
      for (const { position, tokenId, weight } of own.tokens) {
        const at = row * size + positions.indexOf(position) * this.vocabulary + tokenId;
        data[at] = (data[at] ?? 0) + weight;
      }
    return {
      space: spaces[own.space],
      weights: new Tensor('float32', data, [rows, positions.length, this.vocabulary]),
      positions: new Tensor('int64', BigInt64Array.from(positions, BigInt), [positions.length]),
    };
  }

  override read(output: Tensor, rows: number, target: GradientTarget, called: PointNames = theInput): Float64Array {
    const own = expectTokens(target);
    const positions = listPositions(own);
    const floats = readFloats(output);
    const logits = floats === null ? null : Float64Array.from(floats);
    if (logits?.length !== rows * positions.length * this.vocabulary)
      throw new ExplainProblem(
        'MODEL_UNSUPPORTED',
        `the logits have the shape [${output.dims.join(', ')}] for ${positions.length} positions`,
      );
    return Float64Array.from({ length: rows }, (_, row) =>
      own.tokens.reduce((sum, { position, tokenId, weight }) => {
        const start = (row * positions.length + positions.indexOf(position)) * this.vocabulary;
        const score = readNumber(logits, start, this.vocabulary, tokenId, own.space);
        if (Number.isFinite(score)) return sum + weight * score;
        const where = `token ${tokenId} behind position ${position} of ${called(row)}`;
        throw new ExplainProblem('MODEL_OUTPUT_NON_FINITE', `the model answers ${score} for ${where}`);
      }, 0),
    );
  }
}

function readNumber(logits: Float64Array, start: number, width: number, tokenId: number, space: TokenScore['space']): number {
  const own = logits[start + tokenId] ?? NaN;
  if (space === 'logit') return own;
  const log = own - logSumExp(logits.subarray(start, start + width));
  return space === 'log-probability' ? log : Math.exp(log);
}

function listPositions({ tokens }: TokenScore): readonly number[] {
  return [...new Set(tokens.map(({ position }) => position))].sort((one, other) => one - other);
}

function expectTokens(target: GradientTarget): TokenScore {
  if ('tokens' in target) return target;
  throw new RangeError('a language model has tokens, and no classes to score');
}
