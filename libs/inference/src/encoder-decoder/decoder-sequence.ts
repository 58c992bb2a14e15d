import type { ReadTokens } from '#explainers';
import { expectContext, PassSequence, type PassMeter, type Reading } from '../language/pass-sequence.js';
import { takeLogits } from '../language/take-logits.js';
import { cutPadding } from '../text/onnx-text-model.js';
import type { EncoderDecoderCore } from './encoder-decoder-core.js';

/**
 * An output that is read while its source is looked at. Each pass reads the source and the whole output so far. From the first read that
 * wants attention on, all passes go through the graph that gives it.
 */
export class DecoderSequence extends PassSequence {
  private shown = false;

  constructor(
    private readonly core: EncoderDecoderCore,
    private readonly source: Int32Array,
    meter: PassMeter,
  ) {
    super(meter);
  }

  override get atOnce(): number {
    return Infinity;
  }

  protected override expectRoom(tokens: number): void {
    const { contextLength } = this.core;
    expectContext('source', this.source.length, contextLength);
    expectContext('output', tokens, contextLength);
  }

  protected override async pass({ text, last, attention }: Reading): Promise<ReadTokens> {
    const { core } = this;
    const positions = text.length;
    const shown = this.shown || attention;
    const at = Array.from({ length: last }, (_, place) => positions - last + place);
    const { logits, maps } = await core.pass(
      this.source,
      text,
      { of: positions, at },
      shown ? { what: 'probability', separators: [], shown: attention } : null,
    );
    const read = {
      logits: takeLogits(logits, { positions, last, vocabulary: core.vocabulary, from: positions - last }),
      attention: attention ? maps.map((map) => cutPadding(map, Infinity)) : null,
    };
    this.shown = shown;
    return read;
  }
}
