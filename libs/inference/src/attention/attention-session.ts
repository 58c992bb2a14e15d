import { Tensor } from 'onnxruntime-node';
import { exposeAttention, type AttentionLayer } from '#graph';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import type { AttentionMap, ChosenQueries, RealTokens } from './attention-map.js';
import { proveAttention } from './prove-attention.js';
import { readAttention } from './read-attention.js';

interface Opened {
  readonly session: OnnxSession;
  readonly layers: readonly AttentionLayer[];
  /** Name of the output that holds each layer's probabilities. */
  readonly outputs: readonly string[];
  /** Name of the input that takes the chosen queries; null where all are given. */
  readonly queries: string | null;
}

/** What a run is to give. */
interface Asked {
  readonly wanted: (layer: AttentionLayer) => boolean;
  readonly chosen: ChosenQueries | null;
  /** Outputs of the file. */
  readonly others: readonly string[];
}

/**
 * Sessions of the model whose attention probabilities are outputs, beside the session that only predicts: a run that gives them costs more,
 * and fetching fewer outputs does not make it cheaper. Nothing is read or opened before it is asked for.
 */
export class AttentionSession {
  private readonly opened = new Map<'all' | 'chosen', Promise<Opened>>();

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
    return (await this.open('all')).layers;
  }

  /**
   * One run of the graph, for all queries.
   *
   * @param wanted which layers to give; others are not copied
   * @returns the attention of the wanted layers in the order of the graph, each proven
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, MODEL_RUN_FAILED, MODEL_FILE_INVALID or MODEL_UNSUPPORTED
   */
  async run(feeds: Feeds, real: RealTokens, wanted: (layer: AttentionLayer) => boolean = () => true): Promise<readonly AttentionMap[]> {
    return (await this.fetch(await this.open('all'), feeds, real, { wanted, chosen: null, others: [] })).maps;
  }

  /**
   * One run of the graph, for all queries, that gives an output of the file as well.
   *
   * @throws as `run`
   */
  async runScored(
    feeds: Feeds,
    real: RealTokens,
    output: string,
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly scores: Tensor }> {
    const { maps, others } = await this.fetch(await this.open('all'), feeds, real, { wanted: () => true, chosen: null, others: [output] });
    const [scores] = others;
    if (scores === undefined) throw new RangeError(`the run gave no ${output}`);
    return { maps, scores };
  }

  /**
   * One run of the graph, for chosen queries alone: what it gives grows with their number, not with that of all. Of a model with
   * cross-attention the queries are the decoder's, and the layers of its encoder are left out.
   *
   * @throws RangeError for a query that is not fed; else as `run`
   */
  async runQueries(
    feeds: Feeds,
    real: RealTokens,
    chosen: ChosenQueries,
    wanted: (layer: AttentionLayer) => boolean = () => true,
  ): Promise<readonly AttentionMap[]> {
    return (await this.fetch(await this.open('chosen'), feeds, real, { wanted, chosen, others: [] })).maps;
  }

  /**
   * One run of the graph that gives outputs of the file beside the rows of chosen queries, or alone.
   *
   * @param chosen null: no attention is copied or proven; the outputs come from the same graph as with it
   * @param others names of outputs of the file
   * @returns `others` in the order of their names
   * @throws as `runQueries`
   */
  async runBeside(
    feeds: Feeds,
    real: RealTokens,
    chosen: ChosenQueries | null,
    others: readonly string[],
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly others: readonly Tensor[] }> {
    const queries = chosen ?? { of: 1, at: [0] };
    return this.fetch(await this.open('chosen'), feeds, real, { wanted: () => chosen !== null, chosen: queries, others });
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    for (const opening of this.opened.values()) {
      const opened = await opening.catch(() => null);
      await opened?.session.close();
    }
  }

  private async fetch(
    { session, layers, outputs, queries }: Opened,
    feeds: Feeds,
    real: RealTokens,
    { wanted, chosen, others }: Asked,
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly others: readonly Tensor[] }> {
    const bad = chosen?.at.find((position) => !Number.isInteger(position) || position < 0 || position >= chosen.of);
    if (bad !== undefined) throw new RangeError(`there are ${chosen?.of ?? 0} queries, and none at ${bad}`);
    const crossed = hasCross(layers);
    const fetched = layers.flatMap((layer, at) => {
      const output = outputs[at];
      return output === undefined || !wanted(layer) ? [] : [{ layer, output }];
    });
    const all = queries === null || chosen === null ? feeds : { ...feeds, [queries]: toIntegers(chosen.at) };
    const names = [...others, ...fetched.map(({ output }) => output)];
    const tensors = await session.runAll(all, names);
    const maps = fetched.flatMap(({ layer }, at) => {
      const tensor = tensors[others.length + at];
      return tensor === undefined ? [] : [proveAttention(layer, tensor, real, crossed, chosen)];
    });
    return { maps, others: tensors.slice(0, others.length) };
  }

  private open(rows: 'all' | 'chosen'): Promise<Opened> {
    const opened = this.opened.get(rows) ?? this.prepare(rows);
    this.opened.set(rows, opened);
    return opened;
  }

  private async prepare(rows: 'all' | 'chosen'): Promise<Opened> {
    const { folder, modelFile } = this;
    const { bytes, graph, layers: found } = await readAttention(folder, modelFile);
    const encodes = rows === 'chosen' && hasCross(found);
    const layers = found.filter(({ kind }) => !encodes || kind !== 'self');
    const { bytes: patched, outputs, queries } = exposeAttention(bytes, graph, layers, rows);
    return { session: new OnnxSession({ folder, modelFile, patched }), layers, outputs, queries };
  }
}

function hasCross(layers: readonly AttentionLayer[]): boolean {
  return layers.some(({ kind }) => kind === 'cross');
}

function toIntegers(numbers: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(numbers, BigInt), [numbers.length]);
}
