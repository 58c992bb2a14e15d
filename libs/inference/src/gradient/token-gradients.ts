import { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type GradientTarget, type PointNames } from '#explainers';
import { theInput, type GradientScorer } from './gradient-scorer.js';
import type { GradientSession } from './gradient-session.js';
import { RowGradients, toFloat32, type RowFeeding } from './row-gradients.js';

export interface TokenFeeding extends RowFeeding<Int32Array> {
  /** Tokens that are fed for a row of so many. */
  fedTokens(tokens: number): number;
  /** Whether each row runs alone: the model rounds by the largest number of a run. */
  readonly alone: boolean;
}

/** Tokens of a run forward and back, which are best few: more leave the processor's cache. */
const tokensPerRun = 256;

/** Runs forward and back of a model that reads token ids. */
export class TokenGradients extends RowGradients<Int32Array> {
  constructor(
    session: GradientSession,
    private readonly feeding: TokenFeeding,
    scorer: GradientScorer,
  ) {
    super(session, feeding, scorer);
  }

  /** @returns names of the nodes that round in the file, and not here */
  async rounded(): Promise<readonly string[]> {
    return (await this.session.names()).raised;
  }

  /**
   * The rows of the embedding.
   *
   * @returns `numbers` [tokens, width]
   */
  async embed(ids: Int32Array, target: GradientTarget): Promise<{ readonly numbers: Float32Array; readonly width: number }> {
    const fed = Array.from({ length: this.feeding.fixedRows ?? 1 }, () => ids);
    const embedding = (await this.session.embed(this.feeding.feed(fed))) ?? (await this.runForEmbedding(ids, target));
    const width = embedding?.dims.at(-1) ?? 0;
    return { numbers: toFloat32(embedding).slice(0, ids.length * width), width };
  }

  /** A model that rounds gives its rows too: their gradient does not matter here. */
  private async runForEmbedding(ids: Int32Array, target: GradientTarget): Promise<Tensor | null> {
    try {
      return (await this.runRows(ids, 1, { what: 'input' }, target, { scoresOnly: true })).embedding;
    } catch (error) {
      if (!(error instanceof ExplainProblem) || error.code !== 'GRADIENT_UNAVAILABLE') throw error;
      return (await this.runRows(ids, 1, { what: 'input' }, { ...target, straightThrough: true }, { scoresOnly: true })).embedding;
    }
  }

  /** Rows to a run of points of one text. */
  async rowsAtOnce(tokens: number): Promise<number> {
    if (this.feeding.alone) return 1;
    if (this.feeding.fixedRows !== null) return this.feeding.fixedRows;
    const { alone } = await this.session.names();
    return alone ? 1 : Math.max(1, Math.floor(tokensPerRun / this.feeding.fedTokens(tokens)));
  }

  /**
   * @param shifts what is added to the rows of the embedding of each row, [tokens, width]
   * @param called what a refusal calls each of them
   * @param scoresOnly whether no gradient is wanted
   * @returns a score and a gradient [tokens, width] for each
   */
  async evaluate(
    ids: Int32Array,
    shifts: readonly Float32Array[],
    target: GradientTarget,
    called: PointNames,
    scoresOnly = false,
  ): Promise<{ readonly scores: Float64Array; readonly gradients: readonly Float32Array[] }> {
    const length = shifts[0]?.length ?? 0;
    const width = length / ids.length;
    const fed = this.feeding.fedTokens(ids.length);
    const rows = this.feeding.fixedRows ?? shifts.length;
    const data = new Float32Array(rows * fed * width);
    shifts.forEach((shift, row) => data.set(shift, row * fed * width));
    const shift = new Tensor('float32', data, [rows, fed, width]);
    const run = await this.runRows(ids, rows, { what: 'input' }, target, {
      ...{ shift, scoresOnly },
      called: (at) => (at < shifts.length ? called(at) : theInput(at)),
    });
    const scores = this.scorer.read(run.output, rows, target).subarray(0, shifts.length);
    if (scoresOnly) return { scores, gradients: [] };
    const gradient = toFloat32(run.gradients[0]);
    return {
      scores,
      gradients: shifts.map((_, row) => gradient.slice(row * fed * width, row * fed * width + length)),
    };
  }
}
