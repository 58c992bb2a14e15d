import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExplainProblem } from '#explainers';
import { exposeAttention, findAttention, inlineFunctions, type AttentionLayer } from '#graph';
import { readGraph } from '../folder/read-graph.js';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import type { AttentionMap, RealTokens } from './attention-map.js';
import { proveAttention } from './prove-attention.js';

interface Opened {
  readonly session: OnnxSession;
  readonly layers: readonly AttentionLayer[];
  /** Name of the output that holds each layer's probabilities. */
  readonly outputs: readonly string[];
}

/**
 * A session of the model whose attention probabilities are outputs, beside the session that only predicts: a run that gives them costs
 * more, and fetching fewer outputs does not make it cheaper. Nothing is read or opened before it is asked for.
 */
export class AttentionSession {
  private opened: Promise<Opened> | null = null;

  /**
   * @param folder absolute
   * @param modelFile relative to the folder; weights beside it are found by the runtime
   */
  constructor(
    private readonly folder: string,
    private readonly modelFile: string,
  ) {}

  /** @throws ExplainProblem ATTENTION_UNAVAILABLE, or as the file deserves that is no model */
  async layers(): Promise<readonly AttentionLayer[]> {
    return (await this.open()).layers;
  }

  /**
   * One run of the graph.
   *
   * @param wanted the layers to give, all where null; others are not copied
   * @returns the attention of the wanted layers in the order of the graph, each proven
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, MODEL_RUN_FAILED, MODEL_FILE_INVALID or MODEL_UNSUPPORTED
   */
  async run(feeds: Feeds, real: RealTokens, wanted: ReadonlySet<AttentionLayer> | null = null): Promise<readonly AttentionMap[]> {
    const { session, layers, outputs } = await this.open();
    const chosen = layers.flatMap((layer, at) => {
      const output = outputs[at];
      return output === undefined || (wanted !== null && !wanted.has(layer)) ? [] : [{ layer, output }];
    });
    const tensors = await session.runAll(
      feeds,
      chosen.map(({ output }) => output),
    );
    const crossed = layers.some(({ kind }) => kind === 'cross');
    return chosen.flatMap(({ layer }, at) => {
      const tensor = tensors[at];
      return tensor === undefined ? [] : [proveAttention(layer, tensor, real, crossed)];
    });
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => null);
    await opened?.session.close();
  }

  private open(): Promise<Opened> {
    this.opened ??= this.prepare();
    return this.opened;
  }

  private async prepare(): Promise<Opened> {
    const { folder, modelFile } = this;
    const file = await readFile(join(folder, modelFile));
    // What the functions of a model hide cannot be found or made an output.
    const whole = readGraph(modelFile, file);
    const bytes = whole.functions.size === 0 ? file : inlineFunctions(file);
    const graph = bytes === file ? whole : readGraph(modelFile, bytes);
    const finding = findAttention(graph);
    if (!finding.found) throw new ExplainProblem('ATTENTION_UNAVAILABLE', finding.refusal.detail, null, finding.refusal.remedy);
    const { layers } = finding;
    const { bytes: patched, outputs } = exposeAttention(bytes, graph, layers);
    return { session: new OnnxSession({ folder, modelFile, patched }), layers, outputs };
  }
}
