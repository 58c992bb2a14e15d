import type { Tensor } from 'onnxruntime-node';
import { type AttentionNumbers, type LayerAttention, type ReadTokens } from '#explainers';
import type { AttentionMap } from '../attention/attention-map.js';
import { checkSlot } from './cache-slot.js';
import type { LanguageCore } from './language-core.js';
import { feedLanguage } from './language-inputs.js';
import { expectContext, PassSequence, type PassMeter, type Reading } from './pass-sequence.js';
import { takeLogits } from './take-logits.js';

/** With a cache a pass of so many tokens keeps a processor as busy as a longer one, and its scores of attention are small. */
const TOKENS_AT_ONCE = 128;

/**
 * A text read through one file of a model: with a cache of keys and values each pass feeds the new tokens alone, without one the whole
 * text so far.
 *
 * From the first read that wants attention on, all passes go through the graph that gives it: what was read before does not have to be read
 * again, and the bits of a result depend on this sequence alone. A sequence that is begun for attention opens one session, so that the
 * weights are in memory once.
 */
export class OnnxTokenSequence extends PassSequence {
  private cache: readonly Tensor[] = [];

  /**
   * @param what passes go through the graph that gives these numbers of attention; null for the file's own graph
   * @param separators tokens that separate texts
   */
  constructor(
    private readonly core: LanguageCore,
    meter: PassMeter,
    private what: AttentionNumbers | null,
    private readonly separators: readonly number[],
  ) {
    super(meter);
  }

  override get atOnce(): number {
    return this.core.inputs.cache.length === 0 ? Infinity : TOKENS_AT_ONCE;
  }

  protected override expectRoom(tokens: number): void {
    expectContext('text', tokens, this.core.contextLength);
  }

  protected override async pass({ text, ids, last, attention }: Reading): Promise<ReadTokens> {
    const { inputs, vocabulary } = this.core;
    const past = inputs.cache.length === 0 ? 0 : this.length;
    const fed = past === 0 ? text : ids;
    const at = Array.from({ length: last }, (_, place) => fed.length - last + place);
    const what = this.what ?? (attention ? 'probability' : null);
    // A key that has not been read yet cannot be measured.
    const separators = this.separators.filter((key) => key < text.length);
    const { logits, cache, maps } = await this.core.pass(
      feedLanguage(inputs, fed, past, this.cache),
      { of: fed.length, at },
      what === null ? null : { what, separators, shown: attention },
    );
    inputs.cache.forEach((slot, place) => {
      const tensor = cache[place];
      if (tensor !== undefined) checkSlot(slot, tensor, text.length);
    });
    const read = {
      logits: takeLogits(logits, { positions: what === null ? fed.length : last, last, vocabulary, from: text.length - last }),
      attention: attention ? maps.map(showLayer) : null,
    };
    this.cache = cache;
    this.what = what;
    return read;
  }
}

function showLayer({ layer, heads, queries, keys, probabilities, quantised, scores }: AttentionMap): LayerAttention {
  const { kind, operator, node } = layer;
  const shown = { kind, layer: layer.layer, operator, node, heads, queries, keys, probabilities };
  return { ...shown, ...(quantised === null ? {} : { quantised }), ...(scores === null ? {} : { scores }) };
}
