import { ExplainProblem, TokenSequence, type ReadTokens } from '#explainers';

/** Told of what a sequence costs. */
export interface PassMeter {
  /** A pass of the graph begins. */
  count(): void;
  spend(ms: number): void;
}

/** Some tokens that are to be read. */
export interface Reading {
  /** All tokens, those read before first. */
  readonly text: Int32Array;
  /** Those that are new. */
  readonly ids: Int32Array;
  /** For how many of these, from the end, logits and attention are wanted. */
  readonly last: number;
  readonly attention: boolean;
}

/** A text that is read by one pass of a graph for each `read`. What is refused has not been read. */
export abstract class PassSequence extends TokenSequence {
  private ids: Int32Array = new Int32Array();
  private reading = false;

  constructor(private readonly meter: PassMeter) {
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
    this.expectRoom(text.length);
    const startedAt = performance.now();
    this.reading = true;
    try {
      this.meter.count();
      const read = await this.pass({ text, ids, last, attention });
      this.ids = text;
      return read;
    } finally {
      this.reading = false;
      this.meter.spend(performance.now() - startedAt);
    }
  }

  /** @throws ExplainProblem CONTEXT_EXCEEDED where so many tokens are more than the model reads */
  protected abstract expectRoom(tokens: number): void;

  /** One pass; throws as `read`. */
  protected abstract pass(reading: Reading): Promise<ReadTokens>;
}

/** @throws ExplainProblem CONTEXT_EXCEEDED */
export function expectContext(what: string, tokens: number, contextLength: number | null): void {
  if (contextLength === null || tokens <= contextLength) return;
  throw new ExplainProblem('CONTEXT_EXCEEDED', `the ${what} would have ${tokens} tokens, and the model reads ${contextLength}`);
}
