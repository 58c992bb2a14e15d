import { Tensor } from 'onnxruntime-node';
import { ExplainProblem } from '#explainers';
import { appendOutputs, differentiate, findAttention, type AttentionLayer, type ExplainedSpace } from '#graph';
import { OnnxSession, type Feeds } from '../session/onnx-session.js';
import { gradientProblem } from './gradient-problem.js';
import { prepareGradient, type GradientSource, type PreparedModel } from './prepare-gradient.js';

/** What gradients are taken of: the input (numbers, or the rows of the embedding), probabilities of attention, gates behind the heads, any tensor. */
export type GradientOf = { readonly what: 'input' | 'attention' | 'gates' } | { readonly what: 'tensor'; readonly tensor: string };

export interface GradientAsk {
  readonly of: GradientOf;
  readonly space: ExplainedSpace;
  /** In the shape of what the model answers with. */
  readonly weights: Tensor;
  /** What is added to the rows of the embedding; nothing where it is left out. */
  readonly shift?: Tensor;
  /** Tokens whose logits are wanted. */
  readonly positions?: Tensor;
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

interface Opened {
  readonly session: OnnxSession;
  readonly weights: string;
  readonly values: readonly string[];
  readonly gradients: readonly (string | null)[];
  readonly gates: string | null;
}

/**
 * Sessions of a model with its backward pass, beside the session that only predicts. Nothing is read or opened before it is asked for; each
 * thing that gradients are taken of, and each space, has a session of its own.
 */
export class GradientSession {
  private base: Promise<PreparedModel> | null = null;
  private readonly opened = new Map<string, Promise<Opened>>();

  constructor(private readonly source: GradientSource) {}

  /**
   * The model as it is differentiated.
   *
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, which names the operator and the node
   */
  prepared(): Promise<PreparedModel> {
    this.base ??= prepareGradient(this.source);
    return this.base;
  }

  /**
   * Layers of attention whose gradients can be taken, in the order of the graph.
   *
   * @throws ExplainProblem ATTENTION_UNAVAILABLE, or as `prepared`
   */
  async layers(): Promise<readonly AttentionLayer[]> {
    const finding = findAttention((await this.prepared()).graph);
    if (finding.found) return finding.layers;
    throw new ExplainProblem('ATTENTION_UNAVAILABLE', finding.refusal.detail, null, finding.refusal.remedy);
  }

  /**
   * One run forward and back.
   *
   * @throws ExplainProblem GRADIENT_UNAVAILABLE, ATTENTION_UNAVAILABLE, MODEL_RUN_FAILED
   */
  async run(feeds: Feeds, ask: GradientAsk): Promise<GradientRun> {
    const { output, embedding, positions } = await this.prepared();
    const { session, weights, values, gradients } = await this.open(ask);
    const all: Record<string, Tensor> = { ...feeds, [weights]: ask.weights };
    if (embedding !== null) all[embedding.shift] = ask.shift ?? zero;
    if (positions !== null && ask.positions !== undefined) all[positions] = ask.positions;
    const wanted = [output, ...(embedding === null ? [] : [embedding.plain]), ...values, ...gradients.flatMap((name) => name ?? [])];
    const names = [...new Set(wanted)];
    const tensors = await session.runAll(all, names);
    const found = new Map(names.map((name, at) => [name, tensors[at]]));
    const read = (name: string): Tensor => {
      const tensor = found.get(name);
      if (tensor === undefined) throw new RangeError(`the run gave no ${name}`);
      return tensor;
    };
    return {
      output: read(output),
      embedding: embedding === null ? null : read(embedding.plain),
      values: values.map(read),
      gradients: gradients.map((name) => (name === null ? null : read(name))),
    };
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    for (const opening of this.opened.values()) await (await opening.catch(() => null))?.session.close();
  }

  private open({ of, space }: GradientAsk): Promise<Opened> {
    const key = `${of.what} ${of.what === 'tensor' ? of.tensor : ''} ${space}`;
    const opened = this.opened.get(key) ?? this.prepare(of, space);
    this.opened.set(key, opened);
    return opened;
  }

  private async prepare(of: GradientOf, space: ExplainedSpace): Promise<Opened> {
    const model = await this.prepared();
    const wanted = of.what === 'input' ? [model.input] : of.what === 'tensor' ? [of.tensor] : (await this.layers()).map(probabilitiesOf);
    const given = differentiate(model.bytes, model.graph, model.facts, { output: model.output, space, wanted });
    if ('operator' in given) throw gradientProblem(given);
    const { folder, modelFile } = this.source;
    const values = of.what === 'input' ? [] : wanted;
    const shown = [...(model.embedding === null ? [] : [model.embedding.plain]), ...values];
    const own = new Set(model.graph.outputs.map(({ name }) => name));
    const patched = appendOutputs(
      given.bytes,
      shown.filter((name) => !own.has(name)),
    );
    return {
      session: new OnnxSession({ folder, modelFile, patched }),
      weights: given.weights,
      values,
      gradients: given.gradients,
      gates: null,
    };
  }
}

function probabilitiesOf({ exposure, node, operator }: AttentionLayer): string {
  if (exposure.how === 'tensor') return exposure.tensor;
  throw new RangeError(`node ${node} (${operator}) is not written out`);
}

const zero = new Tensor('float32', new Float32Array(1), [1, 1, 1]);
