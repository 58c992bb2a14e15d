import { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type AttentionNumbers } from '#explainers';
import { exposeAttention, refuseScores, type AttentionLayer } from '#graph';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import type { AttentionMap, ChosenQueries, RealTokens } from './attention-map.js';
import { findRealRows } from './find-real-rows.js';
import { proveAttention } from './prove-attention.js';
import { proveScores } from './prove-scores.js';
import { readAttention } from './read-attention.js';

interface Opened {
  readonly session: OnnxSession;
  readonly layers: readonly AttentionLayer[];
  /** Name of the output that holds each layer's probabilities. */
  readonly outputs: readonly string[];
  /** Name of the output that holds each layer's scores; empty where they were not asked for. */
  readonly scores: readonly string[];
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
  private readonly opened = new Map<string, Promise<Opened>>();

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
    return (await this.open('all', 'probability')).layers;
  }

  /**
   * One run of the graph, for all queries.
   *
   * @param wanted which layers to give; others are not copied
   * @param what 'score': the scores too, by another session
   * @returns the attention of the wanted layers in the order of the graph, each proven
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, MODEL_RUN_FAILED, MODEL_FILE_INVALID or MODEL_UNSUPPORTED
   */
  async run(
    feeds: Feeds,
    real: RealTokens,
    wanted: (layer: AttentionLayer) => boolean = () => true,
    what: AttentionNumbers = 'probability',
  ): Promise<readonly AttentionMap[]> {
    return (await this.fetch(await this.open('all', what), feeds, real, { wanted, chosen: null, others: [] })).maps;
  }

  /**
   * One run of the graph, for all queries, that gives an output of the file as well.
   *
   * @throws as `run`
   */
  async runAnswering(
    feeds: Feeds,
    real: RealTokens,
    output: string,
    what: AttentionNumbers,
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly answer: Tensor }> {
    const { maps, others } = await this.fetch(await this.open('all', what), feeds, real, {
      wanted: () => true,
      chosen: null,
      others: [output],
    });
    const [answer] = others;
    if (answer === undefined) throw new RangeError(`the run gave no ${output}`);
    return { maps, answer };
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
    what: AttentionNumbers = 'probability',
  ): Promise<readonly AttentionMap[]> {
    return (await this.fetch(await this.open('chosen', what), feeds, real, { wanted, chosen, others: [] })).maps;
  }

  /**
   * One run of the graph that gives outputs of the file beside the rows of chosen queries, or alone.
   *
   * @param chosen null: no attention is copied or proven; the outputs come from the same graph as with it
   * @param others names of outputs of the file
   * @param what 'score': the scores too, by another session
   * @returns `others` in the order of their names
   * @throws as `runQueries`
   */
  async runBeside(
    feeds: Feeds,
    real: RealTokens,
    chosen: ChosenQueries | null,
    others: readonly string[],
    what: AttentionNumbers = 'probability',
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly others: readonly Tensor[] }> {
    const queries = chosen ?? { of: 1, at: [0] };
    return this.fetch(await this.open('chosen', what), feeds, real, { wanted: () => chosen !== null, chosen: queries, others });
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    for (const opening of this.opened.values()) {
      const opened = await opening.catch(() => null);
      await opened?.session.close();
    }
  }

  private async fetch(
    { session, layers, outputs, scores, queries }: Opened,
    feeds: Feeds,
    real: RealTokens,
    { wanted, chosen, others }: Asked,
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly others: readonly Tensor[] }> {
    const bad = chosen?.at.find((position) => !Number.isInteger(position) || position < 0 || position >= chosen.of);
    if (bad !== undefined) throw new RangeError(`there are ${chosen?.of ?? 0} queries, and none at ${bad}`);
    const crossed = hasCross(layers);
    const fetched = layers.flatMap((layer, at) => {
      const output = outputs[at];
      return output === undefined || !wanted(layer) ? [] : [{ layer, output, score: scores[at] }];
    });
    const all = queries === null || chosen === null ? feeds : { ...feeds, [queries]: toIntegers(chosen.at) };
    // A graph may name one tensor twice.
    const names = [...new Set([...others, ...fetched.flatMap(({ output, score }) => (score === undefined ? [output] : [output, score]))])];
    const tensors = await session.runAll(all, names);
    const found = new Map(names.map((name, at) => [name, tensors[at]]));
    const maps = fetched.flatMap(({ layer, output, score }) => {
      const tensor = found.get(output);
      if (tensor === undefined) return [];
      const map = proveAttention(layer, tensor, real, crossed, chosen);
      const scored = found.get(score ?? '');
      return [scored === undefined ? map : { ...map, scores: proveScores(map, scored, findRealRows(map, real, crossed, chosen)) }];
    });
    return { maps, others: others.flatMap((name) => found.get(name) ?? []) };
  }

  private open(rows: 'all' | 'chosen', what: AttentionNumbers): Promise<Opened> {
    const key = `${rows} ${what}`;
    const opened = this.opened.get(key) ?? this.prepare(rows, what);
    this.opened.set(key, opened);
    return opened;
  }

  private async prepare(rows: 'all' | 'chosen', what: AttentionNumbers): Promise<Opened> {
    const { folder, modelFile } = this;
    const { bytes, graph, layers: found } = await readAttention(folder, modelFile);
    const encodes = rows === 'chosen' && hasCross(found);
    const layers = found.filter(({ kind }) => !encodes || kind !== 'self');
    const refusal = what === 'score' ? refuseScores(graph, layers) : null;
    if (refusal !== null) throw new ExplainProblem('ATTENTION_UNAVAILABLE', refusal.detail, null, refusal.remedy);
    const { bytes: patched, outputs, scores, queries } = exposeAttention(bytes, graph, layers, rows, what);
    return { session: new OnnxSession({ folder, modelFile, patched }), layers, outputs, scores, queries };
  }
}

function hasCross(layers: readonly AttentionLayer[]): boolean {
  return layers.some(({ kind }) => kind === 'cross');
}

function toIntegers(numbers: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(numbers, BigInt), [numbers.length]);
}
