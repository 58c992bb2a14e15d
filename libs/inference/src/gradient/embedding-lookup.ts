import type { Tensor } from 'onnxruntime-node';
import { cutGraph } from '#graph';
import { readGraph } from '../folder/read-graph.js';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import type { GradientSource, PreparedModel } from './prepare-gradient.js';

/** The part of a graph that gives the rows of the embedding, in a session of its own that is opened when it is first used. */
export class EmbeddingLookup {
  private opening: Promise<OnnxSession | null> | null = null;

  constructor(
    private readonly source: GradientSource,
    private readonly prepared: () => Promise<PreparedModel>,
  ) {}

  /**
   * Rows of the embedding as the table has them, without a run of the whole model.
   *
   * @returns null where they depend on more than token ids
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, MODEL_RUN_FAILED
   */
  async embed(feeds: Feeds, rows: string): Promise<Tensor | null> {
    this.opening ??= this.open(rows);
    const session = await this.opening;
    const { ids } = this.source;
    const given = ids === null ? undefined : feeds[ids];
    return session === null || ids === null || given === undefined ? null : session.run({ [ids]: given }, rows);
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    await (await this.opening?.catch(() => null))?.close();
  }

  private async open(rows: string): Promise<OnnxSession | null> {
    const { folder, modelFile, ids } = this.source;
    const patched = cutGraph((await this.prepared()).bytes, rows);
    if (ids === null || patched === null) return null;
    const inputs = readGraph(modelFile, patched).inputs.map(({ name }) => name);
    return inputs.length === 1 && inputs[0] === ids ? new OnnxSession({ folder, modelFile, patched }) : null;
  }
}
