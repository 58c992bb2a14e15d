import { Tensor } from 'onnxruntime-node';
import { ExplainProblem, type InnerTensors } from '#explainers';
import {
  appendOutputs,
  differentiate,
  findAttention,
  gateAttention,
  type AttentionLayer,
  type ExplainedSpace,
  type GateableLayer,
} from '#graph';
import { readGraph } from '../folder/read-graph.js';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import { EmbeddingLookup } from './embedding-lookup.js';
import { gradientProblem } from './gradient-problem.js';
import { explainNonFinite, isFinite } from './explain-non-finite.js';
import { listFeatureMaps, listHiddenStates } from './list-inner-tensors.js';
import { noShift, prepareGradient, type GradientSource, type PreparedModel } from './prepare-gradient.js';
import { runTrials } from './run-trials.js';

/** What gradients are taken of: the input (numbers, or the rows of the embedding), probabilities of attention, gates behind the heads, any tensor. */
export type GradientOf = { readonly what: 'input' | 'attention' | 'gates' } | { readonly what: 'tensor'; readonly tensor: string };

export interface GradientAsk {
  readonly of: GradientOf;
  readonly space: ExplainedSpace;
  /** Whether what rounds hands its gradient on as if it did not: an approximation. */
  readonly straightThrough?: boolean;
  /** In the shape of what the model answers with. */
  readonly weights: Tensor;
  /** What is added to the rows of the embedding; nothing where it is left out. */
  readonly shift?: Tensor;
  /** Tokens whose logits are wanted. */
  readonly positions?: Tensor;
  /** Whether the answer alone is wanted: its gradient may be what it likes. */
  readonly scoresOnly?: boolean;
}

export interface GradientRun {
  /** What the model answers with. */
  readonly output: Tensor;
  /** Rows of the embedding as the table has them; null for a model that reads numbers. */
  readonly embedding: Tensor | null;
  /** Tensors whose gradients were taken, where these are no input. */
  readonly values: readonly Tensor[];
  /** Their gradients; null where one does not reach the output. */
  readonly gradients: readonly (Tensor | null)[];
}

/** What of a model a run needs to know. */
export interface GradientNames extends Pick<PreparedModel, 'output' | 'embedding' | 'positions' | 'raised'> {
  /** Whether it reads one row of token ids at a time. */
  readonly alone: boolean;
}

type Asked = Pick<GradientAsk, 'of' | 'space' | 'straightThrough'>;

interface Opened {
  readonly session: OnnxSession;
  readonly weights: string;
  readonly values: readonly string[];
  readonly gradients: readonly (string | null)[];
  /** Name of the input that takes the gates, and gates of 1; null where there are none. */
  readonly gates: { readonly name: string; readonly open: Tensor } | null;
}

/**
 * Sessions of a model with its backward pass, beside the session that only predicts. Nothing is read or opened before it is asked for; each
 * thing that gradients are taken of, and each space, has a session of its own.
 */
export class GradientSession {
  /** Held only as long as somebody works with it: it is as large as the file. */
  private held: WeakRef<PreparedModel> | null = null;
  private preparing: Promise<PreparedModel> | null = null;
  private named: Promise<GradientNames> | null = null;
  private found: Promise<readonly AttentionLayer[]> | null = null;
  private gated: Promise<readonly GateableLayer[]> | null = null;
  private inner: Promise<InnerTensors> | null = null;
  private flat: Promise<readonly string[]> | null = null;
  private passed: Promise<readonly string[]> | null = null;
  private readonly opened = new Map<string, Promise<Opened>>();
  private readonly lookup: EmbeddingLookup;

  constructor(private readonly source: GradientSource) {
    this.lookup = new EmbeddingLookup(source, () => this.prepared());
  }

  /**
   * The model as it is differentiated; not to be kept, since it is as large as the file.
   *
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, which names the operator and the node
   */
  async prepared(): Promise<PreparedModel> {
    const held = this.held?.deref();
    if (held !== undefined) return held;
    // A refusal stays: nothing about the file will change.
    this.preparing ??= prepareGradient(this.source);
    const model = await this.preparing;
    this.preparing = null;
    this.held = new WeakRef(model);
    return model;
  }

  /**
   * What of the model a run needs.
   *
   * @throws as `prepared`
   */
  names(): Promise<GradientNames> {
    this.named ??= this.prepared().then(({ output, embedding, positions, raised, trials }) => ({
      ...{ output, embedding, positions, raised },
      alone: trials.every((feeds) => feeds['input_ids']?.dims[0] === 1),
    }));
    return this.named;
  }

  /**
   * Whether the answer has a gradient with respect to the input; no session of it is opened.
   *
   * @param straightThrough whether what rounds may be passed; else the gradient is to be exact
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, or as `prepared`
   */
  async check(straightThrough = false): Promise<void> {
    if (straightThrough) await this.listPassed();
    else await this.listFlat();
  }

  /**
   * Nodes that round and that a straight-through gradient passes; empty where the gradient is exact.
   *
   * @throws as `check`
   */
  listPassed(): Promise<readonly string[]> {
    this.passed ??= this.differentiate({ of: { what: 'input' }, space: 'raw', straightThrough: true }).then(({ given }) => given.passed);
    return this.passed;
  }

  /**
   * Nodes whose derivative is zero everywhere: what the answer depends on only through them has no part in an exact gradient.
   *
   * @throws as `check`
   */
  listFlat(): Promise<readonly string[]> {
    this.flat ??= this.differentiate({ of: { what: 'input' }, space: 'raw' }).then(({ given }) => given.flat);
    return this.flat;
  }

  /**
   * Layers of attention whose gradients can be taken, in the order of the graph.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, or as `prepared`
   */
  layers(): Promise<readonly AttentionLayer[]> {
    this.found ??= this.findLayers();
    return this.found;
  }

  /**
   * One run forward and back.
   *
   * @param read told the answer before its gradients are looked at, to refuse it
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, GRADIENT_NON_FINITE that names the node, ATTENTION_UNAVAILABLE, MODEL_RUN_FAILED, or what `read` throws
   */
  async run(feeds: Feeds, ask: GradientAsk, read: (output: Tensor) => void = () => undefined): Promise<GradientRun> {
    const { output, embedding } = await this.names();
    const { session, weights, values, gates, ...opened } = await this.open(ask);
    const gradients = ask.scoresOnly === true ? [] : opened.gradients;
    const all = await this.feedAll(feeds, ask, weights, gates);
    const wanted = [output, ...(embedding === null ? [] : [embedding.plain]), ...values, ...gradients.flatMap((name) => name ?? [])];
    const names = [...new Set(wanted)];
    const tensors = await session.runAll(all, names);
    const found = new Map(names.map((name, at) => [name, tensors[at]]));
    const take = (name: string): Tensor => {
      const tensor = found.get(name);
      if (tensor === undefined) throw new RangeError(`the run gave no ${name}`);
      return tensor;
    };
    read(take(output));
    const own = gradients.map((name) => (name === null ? null : take(name)));
    if (!own.every((tensor) => tensor === null || isFinite(tensor))) {
      const { bytes, graph, input, given } = await this.differentiate(ask);
      throw await explainNonFinite({ ...this.source, bytes, graph, input, given }, all);
    }
    return {
      output: take(output),
      embedding: embedding === null ? null : take(embedding.plain),
      values: values.map(take),
      gradients: own,
    };
  }

  /**
   * Rows of the embedding as the table has them, without a run of the whole model.
   *
   * @returns null where they depend on more than token ids
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, MODEL_RUN_FAILED
   */
  async embed(feeds: Feeds): Promise<Tensor | null> {
    const { embedding } = await this.names();
    return embedding === null ? null : this.lookup.embed(feeds, embedding.plain);
  }

  /**
   * Layers whose heads have gates, in the order of the graph: all but cross-attention.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, or as `prepared`
   */
  gatedLayers(): Promise<readonly GateableLayer[]> {
    this.gated ??= this.findGated();
    return this.gated;
  }

  /**
   * Feature maps of a model that reads numbers; of one that reads token ids the hidden states that each layer of self-attention reads.
   *
   * @throws as `layers`
   */
  innerTensors(): Promise<InnerTensors> {
    this.inner ??= this.findInner();
    return this.inner;
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    await this.lookup.close();
    for (const opening of this.opened.values()) await (await opening.catch(() => null))?.session.close();
  }

  private async findLayers(): Promise<readonly AttentionLayer[]> {
    const finding = findAttention((await this.prepared()).graph);
    if (finding.found) return finding.layers;
    throw new ExplainProblem('ATTENTION_UNAVAILABLE', finding.refusal.detail, null, finding.refusal.remedy);
  }

  private async findGated(): Promise<readonly GateableLayer[]> {
    const { facts } = await this.prepared();
    const own = (await this.layers()).filter(({ kind }) => kind !== 'cross');
    return own.flatMap((layer) => {
      const heads = layer.heads ?? facts.length(probabilitiesOf(layer), 1);
      return heads === null ? [] : [{ ...layer, heads }];
    });
  }

  private async findInner(): Promise<InnerTensors> {
    const model = await this.prepared();
    if (this.source.ids !== null) return listHiddenStates(model, await this.layers());
    const maps = listFeatureMaps(model);
    const finding = findAttention(model.graph);
    // A transformer of patches whose normalisation is written out has no node to go by.
    if (maps.standard !== null || !finding.found) return maps;
    const states = listHiddenStates(model, finding.layers);
    return { ...states, tensors: [...maps.tensors, ...states.tensors] };
  }

  private async feedAll(feeds: Feeds, ask: GradientAsk, weights: string, gates: Opened['gates']): Promise<Feeds> {
    const { embedding, positions } = await this.names();
    const all: Record<string, Tensor> = { ...feeds, [weights]: ask.weights };
    if (gates !== null) all[gates.name] = gates.open;
    if (embedding !== null) all[embedding.shift] = ask.shift ?? noShift;
    if (positions !== null && ask.positions !== undefined) all[positions] = ask.positions;
    return all;
  }

  private open(ask: Asked): Promise<Opened> {
    const { of, space, straightThrough = false } = ask;
    const key = `${of.what} ${of.what === 'tensor' ? of.tensor : ''} ${space} ${straightThrough}`;
    const opened = this.opened.get(key) ?? this.prepare(ask);
    this.opened.set(key, opened);
    return opened;
  }

  private async prepare(ask: Asked): Promise<Opened> {
    const { of } = ask;
    const { bytes, wanted, given, gates, graph } = await this.differentiate(ask);
    const { embedding } = await this.names();
    const { folder, modelFile } = this.source;
    const values = of.what === 'input' || of.what === 'gates' ? [] : wanted;
    const shown = [...(embedding === null ? [] : [embedding.plain]), ...values];
    const own = new Set(graph.outputs.map(({ name }) => name));
    const patched = appendOutputs(
      bytes,
      shown.filter((name) => !own.has(name)),
    );
    // The runtime's joining of quantised nodes fails where their tensors are read on the way back.
    const joinsQuantised = given.passed.length === 0;
    return {
      session: new OnnxSession({ folder, modelFile, patched, joinsQuantised }),
      weights: given.weights,
      values,
      gradients: given.gradients,
      gates,
    };
  }

  private async differentiate({ of, space, straightThrough = false }: Asked) {
    const base = await this.prepared();
    const { model, gates } = of.what === 'gates' ? await this.gate(base) : { model: base, gates: null };
    const wanted = await this.listWanted(of, model, gates?.name ?? null);
    const given = differentiate(model.bytes, model.graph, model.facts, { output: model.output, space, wanted, straightThrough });
    if ('operator' in given) throw gradientProblem(given);
    return { bytes: given.bytes, graph: model.graph, input: model.input, wanted, given, gates };
  }

  private async listWanted(of: GradientOf, { input }: PreparedModel, gates: string | null): Promise<readonly string[]> {
    if (of.what === 'tensor') return [of.tensor];
    if (of.what === 'attention') return (await this.layers()).map(probabilitiesOf);
    return [gates ?? input];
  }

  /** The model with a gate of 1 behind every head. */
  private async gate(base: PreparedModel): Promise<{ readonly model: PreparedModel; readonly gates: NonNullable<Opened['gates']> }> {
    const layers = await this.gatedLayers();
    const gated = gateAttention(base.bytes, base.graph, layers);
    if ('reason' in gated) throw new ExplainProblem('ATTENTION_UNAVAILABLE', gated.detail, null, gated.remedy);
    const open = new Tensor('float32', new Float32Array(layers.length * gated.heads).fill(1), [1, layers.length, gated.heads]);
    const { folder, modelFile } = this.source;
    const graph = readGraph(modelFile, gated.bytes);
    const trials = base.trials.map((feeds) => ({ ...feeds, [gated.gates]: open }));
    const facts = await runTrials({ folder, modelFile, patched: gated.bytes }, graph, trials);
    return { model: { ...base, bytes: gated.bytes, graph, facts }, gates: { name: gated.gates, open } };
  }
}

function probabilitiesOf({ exposure, node, operator }: AttentionLayer): string {
  if (exposure.how === 'tensor') return exposure.tensor;
  throw new RangeError(`node ${node} (${operator}) is not written out`);
}
