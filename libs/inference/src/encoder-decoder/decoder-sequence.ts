import { ExplainProblem, TokenSequence, type ReadTokens } from '#explainers';
import { cutPadding } from '../text/onnx-text-model.js';
import type { PassMeter } from '../language/onnx-token-sequence.js';
import { takeLogits } from '../language/take-logits.js';
import type { EncoderDecoderCore } from './encoder-decoder-core.js';

/**
 * An output that is read while its source is looked at. Each pass reads the source and the whole output so far. From the first read that
 * wants attention on, all passes go through the graph that gives it.
 */
export class DecoderSequence extends TokenSequence {
  private ids: Int32Array = new Int32Array();
  private shown = false;
  private reading = false;

  constructor(
    private readonly core: EncoderDecoderCore,
    private readonly source: Int32Array,
    private readonly meter: PassMeter,
  ) {
    super();
  }

  override get length(): number {
    return this.ids.length;
  }

  override get atOnce(): number {
    return Infinity;
  }

  override async read(ids: Int32Array, last: number, attention: boolean): Promise<ReadTokens> {
    if (!(Number.isInteger(last) && last >= 1 && last <= ids.length))
      throw new RangeError(`of ${ids.length} tokens that are read, the last ${last} are asked for`);
    if (this.reading) throw new Error('a sequence is read by one caller at a time');
    const output = Int32Array.from([...this.ids, ...ids]);
    this.expectContext('source', this.source.length);
    this.expectContext('output', output.length);
    const startedAt = performance.now();
    this.reading = true;
    try {
      return await this.pass(output, last, attention);
    } finally {
      this.reading = false;
      this.meter.spend(performance.now() - startedAt);
    }
  }

  private async pass(output: Int32Array, last: number, attention: boolean): Promise<ReadTokens> {
    const { core } = this;
    const positions = output.length;
    const shown = this.shown || attention;
    const at = Array.from({ length: last }, (_, place) => positions - last + place);
    this.meter.count();
    const { logits, maps } = await core.pass(
      this.source,
      output,
      { of: positions, at },
      shown ? { what: 'probability', separators: [], shown: attention } : null,
    );
    const read = {
      logits: takeLogits(logits, { positions, last, vocabulary: core.vocabulary, from: positions - last }),
      attention: attention ? maps.map((map) => cutPadding(map, Infinity)) : null,
    };
    this.ids = output;
    this.shown = shown;
    return read;
  }

  private expectContext(what: string, tokens: number): void {
    const { contextLength } = this.core;
    if (contextLength === null || tokens <= contextLength) return;
    throw new ExplainProblem('CONTEXT_EXCEEDED', `the ${what} would have ${tokens} tokens, and the model reads ${contextLength}`);
  }
}
