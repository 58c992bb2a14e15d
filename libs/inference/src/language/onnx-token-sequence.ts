import type { Tensor } from 'onnxruntime-node';
import { ExplainProblem, TokenSequence, type AttentionNumbers, type LayerAttention, type ReadTokens } from '#explainers';
import type { AttentionMap } from '../attention/attention-map.js';
import { checkSlot } from './cache-slot.js';
import type { LanguageCore } from './language-core.js';
import { feedLanguage } from './language-inputs.js';
import { takeLogits } from './take-logits.js';

/** Told of what a sequence costs. */
export interface PassMeter {
  /** A pass of the graph begins. */
  count(): void;
  spend(ms: number): void;
}

/**
 * A text read through one file of a model: with a cache of keys and values each pass feeds the new tokens alone, without one the whole
 * text so far.
 *
 * From the first read that wants attention on, all passes go through the graph that gives it: what was read before does not have to be read
 * again, and the bits of a result depend on this sequence alone. A sequence that wants it from the first read on opens one session, so that
 * the weights are in memory once.
 */
export class OnnxTokenSequence extends TokenSequence {
  private ids: Int32Array = new Int32Array();
  private cache: readonly Tensor[] = [];
  private shown = false;
  private reading = false;

  constructor(
    private readonly core: LanguageCore,
    private readonly meter: PassMeter,
    private readonly what: AttentionNumbers = 'probability',
  ) {
    super();
  }

  override get length(): number {
    return this.ids.length;
  }

  override async read(ids: Int32Array, last: number, attention: boolean): Promise<ReadTokens> {
    if (!(Number.isInteger(last) && last >= 1 && last <= ids.length))
      throw new RangeError(`of ${ids.length} tokens that are read, the last ${last} are asked for`);
    if (this.reading) throw new Error('a sequence is read by one caller at a time');
    const text = Int32Array.from([...this.ids, ...ids]);
    this.checkContext(text.length);
    const startedAt = performance.now();
    this.reading = true;
    try {
      return await this.pass(text, ids, last, attention);
    } finally {
      this.reading = false;
      this.meter.spend(performance.now() - startedAt);
    }
  }

  private async pass(text: Int32Array, ids: Int32Array, last: number, attention: boolean): Promise<ReadTokens> {
    const { inputs, vocabulary } = this.core;
    const past = inputs.cache.length === 0 ? 0 : this.ids.length;
    const fed = past === 0 ? text : ids;
    const at = Array.from({ length: last }, (_, place) => fed.length - last + place);
    const shown = this.shown || attention;
    this.meter.count();
    const { logits, cache, maps } = await this.core.pass(
      feedLanguage(inputs, fed, past, this.cache),
      shown,
      attention ? { of: fed.length, at } : null,
      this.what,
    );
    inputs.cache.forEach((slot, place) => {
      const tensor = cache[place];
      if (tensor !== undefined) checkSlot(slot, tensor, text.length);
    });
    const read = {
      logits: takeLogits(logits, { positions: fed.length, last, vocabulary, from: text.length - last }),
      attention: attention ? maps.map(showLayer) : null,
    };
    this.ids = text;
    this.cache = cache;
    this.shown = shown;
    return read;
  }

  private checkContext(tokens: number): void {
    const { contextLength } = this.core;
    if (contextLength === null || tokens <= contextLength) return;
    throw new ExplainProblem('CONTEXT_EXCEEDED', `the text would have ${tokens} tokens, and the model reads ${contextLength}`);
  }
}

function showLayer({ layer, heads, queries, keys, probabilities, scores }: AttentionMap): LayerAttention {
  const { kind, operator, node } = layer;
  return { kind, layer: layer.layer, operator, node, heads, queries, keys, probabilities, ...(scores === null ? {} : { scores }) };
}
