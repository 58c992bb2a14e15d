import { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import { gateAttention, type AttentionLayer, type GateableLayer } from '#graph';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import type { AttentionMap } from './attention-map.js';
import { AttentionSession } from './attention-session.js';
import { readAttention, type AttentionGraph } from './read-attention.js';

interface Opened {
  readonly session: OnnxSession;
  /** Name of the input that takes the gates. */
  readonly gates: string;
  /** Most heads of a layer. */
  readonly heads: number;
}

/**
 * A session of the model with a gate behind every head of its self-attention, beside the session that only predicts: gates cost little, but
 * keep the runtime from joining nodes. Nothing is read or opened before it is asked for.
 */
export class GateSession {
  private found: Promise<{ readonly model: AttentionGraph; readonly layers: readonly GateableLayer[] }> | null = null;
  private opened: Promise<Opened> | null = null;

  /**
   * @param folder absolute
   * @param modelFile relative to the folder
   * @param attend one run, asked for only where the graph does not say how many heads a layer has
   */
  constructor(
    private readonly folder: string,
    private readonly modelFile: string,
    private readonly attend: (session: AttentionSession) => Promise<readonly AttentionMap[]>,
  ) {}

  /**
   * The layers that have gates, in the order of the graph: all but cross-attention.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, or as the file deserves that is no model
   */
  async layers(): Promise<readonly GateableLayer[]> {
    return (await this.find()).layers;
  }

  /**
   * One run of the graph.
   *
   * @param settings of the gates, one for each row of the batch or one for all: the heads of every layer, one layer after the other
   * @param fetch name of the output that is wanted
   * @throws RangeError where a setting has another length; ExplainProblem MODEL_RUN_FAILED, or as `layers`
   */
  async run(feeds: Feeds, settings: readonly Float64Array[], fetch: string): Promise<Tensor> {
    const { layers } = await this.find();
    this.opened ??= this.open();
    const { session, gates, heads } = await this.opened;
    return session.run({ ...feeds, [gates]: packGates(settings, layers, heads) }, fetch);
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => null);
    await opened?.session.close();
  }

  private find() {
    this.found ??= this.findLayers();
    return this.found;
  }

  private async findLayers() {
    const model = await readAttention(this.folder, this.modelFile);
    const layers = model.layers.filter(({ kind }) => kind !== 'cross');
    if (layers.length === 0) {
      const remedy = 'Choose a model whose tokens attend to each other.';
      throw new ExplainProblem('ATTENTION_UNAVAILABLE', 'the graph has no self-attention whose heads could be switched off', null, remedy);
    }
    const known = layers.flatMap((layer) => countHeads(layer, layer.heads));
    return { model, layers: known.length === layers.length ? known : await this.measureHeads(layers) };
  }

  private async measureHeads(layers: readonly AttentionLayer[]): Promise<readonly GateableLayer[]> {
    const session = new AttentionSession(this.folder, this.modelFile);
    try {
      const maps = await this.attend(session);
      return layers.flatMap((layer) => countHeads(layer, maps.find((map) => map.layer.place === layer.place)?.heads ?? null));
    } finally {
      await session.close();
    }
  }

  private async open(): Promise<Opened> {
    const { model, layers } = await this.find();
    const gated = gateAttention(model.bytes, model.graph, layers);
    if ('reason' in gated) throw new ExplainProblem('ATTENTION_UNAVAILABLE', gated.detail, null, gated.remedy);
    const { folder, modelFile } = this;
    return { session: new OnnxSession({ folder, modelFile, patched: gated.bytes }), gates: gated.gates, heads: gated.heads };
  }
}

function countHeads(layer: AttentionLayer, heads: number | null): readonly GateableLayer[] {
  return heads === null ? [] : [{ ...layer, heads }];
}

/** float32 [settings, layers, heads]; layers with fewer heads are filled up with 1. */
function packGates(settings: readonly Float64Array[], layers: readonly GateableLayer[], heads: number): Tensor {
  const length = layers.reduce((sum, layer) => sum + layer.heads, 0);
  const data = new Float32Array(settings.length * layers.length * heads).fill(1);
  for (const [row, setting] of settings.entries()) {
    if (setting.length !== length) throw new RangeError(`${setting.length} gates for ${length} heads`);
    let from = 0;
    for (const [at, layer] of layers.entries()) {
      data.set(setting.subarray(from, from + layer.heads), (row * layers.length + at) * heads);
      from += layer.heads;
    }
  }
  return new Tensor('float32', data, [settings.length, layers.length, heads]);
}
