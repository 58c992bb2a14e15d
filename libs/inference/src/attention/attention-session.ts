import { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type AttentionNumbers } from '#explainers';
import { exposeAttention, refuseScores, type AttentionLayer, type MeasuredTensors } from '#graph';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import type { AttentionMap, ChosenQueries, RealTokens } from './attention-map.js';
import { findRealRows } from './find-real-rows.js';
import { proveAttention } from './prove-attention.js';
import { proveMeasured } from './prove-measured.js';
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
  /** Name of the output that holds the logits of the chosen queries; null where there is none. */
  readonly logits: string | null;
  /** Of bytes: names of the outputs of each layer. */
  readonly measured: readonly MeasuredTensors[];
  /** Name of the input that takes the keys that separate texts; null but for bytes. */
  readonly separators: string | null;
}

/** Which numbers of attention a run is to give. */
export interface AskedNumbers {
  readonly what: AttentionNumbers;
  /** Keys that separate texts; read for bytes alone. */
  readonly separators: readonly number[];
  readonly shown: boolean;
}

/** What a run is to give. */
interface Asked {
  readonly wanted: (layer: AttentionLayer) => boolean;
  readonly chosen: ChosenQueries | null;
  /** Outputs of the file. */
  readonly others: readonly string[];
  /** Keys that separate texts; read for bytes alone. */
  readonly separators?: readonly number[];
}

/**
 * Sessions of the model whose attention probabilities are outputs, beside the session that only predicts: a run that gives them costs more,
 * and fetching fewer outputs does not make it cheaper. Nothing is read or opened before it is asked for.
 */
export class AttentionSession {
  private readonly opened = new Map<string, Promise<Opened>>();
  private found: Promise<readonly AttentionLayer[]> | null = null;

  /**
   * @param folder absolute
   * @param modelFile relative to the folder; weights beside it are found by the runtime
   * @param logits output [batch, tokens, vocabulary] of a language model, which `runBeside` gives for the chosen queries alone
   */
  constructor(
    private readonly folder: string,
    private readonly modelFile: string,
    private readonly logits: string | null = null,
  ) {}

  /**
   * The layers of the file, without a session: a patched model is as large as its file, and is held until it is opened.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, or as the file deserves that is no model
   */
  layers(): Promise<readonly AttentionLayer[]> {
    this.found ??= readAttention(this.folder, this.modelFile).then(({ layers }) => layers);
    return this.found;
  }

  /**
   * One run of the graph, for all queries.
   *
   * @param wanted which layers to give; others are not copied
   * @param what 'score': the scores too; 'byte': bytes and measures in place of probabilities; each by a session of its own
   * @param separators keys that separate texts; read for bytes alone
   * @returns the attention of the wanted layers in the order of the graph, each proven
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, ATTENTION_UNPROVEN, MODEL_RUN_FAILED, MODEL_FILE_INVALID or MODEL_UNSUPPORTED
   */
  async run(
    feeds: Feeds,
    real: RealTokens,
    wanted: (layer: AttentionLayer) => boolean = () => true,
    what: AttentionNumbers = 'probability',
    separators: readonly number[] = [],
  ): Promise<readonly AttentionMap[]> {
    return (await this.fetch(await this.open('all', what), feeds, real, { wanted, chosen: null, others: [], separators })).maps;
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
    separators: readonly number[] = [],
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly answer: Tensor }> {
    const { maps, others } = await this.fetch(await this.open('all', what), feeds, real, {
      wanted: () => true,
      chosen: null,
      others: [output],
      separators,
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
   * One run of the graph that gives outputs of the file beside the rows of chosen queries, or without these.
   *
   * @param others names of outputs of the file; the logits that the session was made with have the chosen queries alone
   * @param asked which numbers; `shown` false: no attention is copied or proven, and the outputs come from the same graph as with it
   * @returns `others` in the order of their names
   * @throws as `runQueries`
   */
  async runBeside(
    feeds: Feeds,
    real: RealTokens,
    chosen: ChosenQueries,
    others: readonly string[],
    { what, separators, shown }: AskedNumbers,
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly others: readonly Tensor[] }> {
    const opened = await this.open('chosen', what);
    const names = others.map((name) => (name === this.logits ? (opened.logits ?? name) : name));
    return this.fetch(opened, feeds, real, { wanted: () => shown, chosen, others: names, separators });
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    for (const opening of this.opened.values()) {
      const opened = await opening.catch(() => null);
      await opened?.session.close();
    }
  }

  private async fetch(
    opened: Opened,
    feeds: Feeds,
    real: RealTokens,
    { wanted, chosen, others, separators = [] }: Asked,
  ): Promise<{ readonly maps: readonly AttentionMap[]; readonly others: readonly Tensor[] }> {
    const bad = chosen?.at.find((position) => !Number.isInteger(position) || position < 0 || position >= chosen.of);
    if (bad !== undefined) throw new RangeError(`there are ${chosen?.of ?? 0} queries, and none at ${bad}`);
    const crossed = hasCross(opened.layers);
    const places = opened.layers.flatMap((layer, at) => (wanted(layer) ? [at] : []));
    const all = { ...feeds };
    if (opened.queries !== null && chosen !== null) all[opened.queries] = toIntegers(chosen.at);
    // The runtime's sum over no keys has no column at all; of a text without separators nobody reads theirs.
    if (opened.separators !== null) all[opened.separators] = toIntegers(separators.length === 0 ? [0] : separators);
    // A graph may name one tensor twice.
    const names = [...new Set([...others, ...places.flatMap((at) => namesOf(opened, at))])];
    const tensors = await opened.session.runAll(all, names);
    const found = new Map(names.map((name, at) => [name, tensors[at]]));
    const maps = places.flatMap((at) => {
      const layer = opened.layers[at];
      const [first, second] = namesOf(opened, at).map((name) => found.get(name));
      if (layer === undefined || first === undefined) return [];
      if (opened.separators !== null) return second === undefined ? [] : [proveMeasured(layer, first, second, real, crossed, chosen)];
      const map = proveAttention(layer, first, real, crossed, chosen);
      return [second === undefined ? map : { ...map, scores: proveScores(map, second, findRealRows(map, real, crossed, chosen)) }];
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
    const { bytes: patched, ...names } = exposeAttention(bytes, graph, layers, { rows, what, logits: this.logits });
    return { session: new OnnxSession({ folder, modelFile, patched }), layers, ...names };
  }
}

/** Names of the outputs of a layer: bytes and measures, or probabilities and, where they were asked for, scores. */
function namesOf({ outputs, scores, measured }: Opened, at: number): readonly string[] {
  const bytes = measured[at];
  return bytes === undefined ? [outputs[at], scores[at]].flatMap((name) => name ?? []) : [bytes.bytes, bytes.measures];
}

function hasCross(layers: readonly AttentionLayer[]): boolean {
  return layers.some(({ kind }) => kind === 'cross');
}

function toIntegers(numbers: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(numbers, BigInt), [numbers.length]);
}
