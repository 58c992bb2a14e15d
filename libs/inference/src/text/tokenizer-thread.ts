import { createRequire } from 'node:module';
import { MessageChannel, Worker, receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { ExplainProblem } from '#explainers';

/** A text as the tokenizer gives it, nothing cut and nothing padded. */
export interface RawEncoding {
  readonly ids: Int32Array;
  readonly tokens: readonly string[];
  /** Start and end of each token in Unicode code points, flat. */
  readonly codePoints: Int32Array;
  /** 1 where the tokenizer put a token in that is not in the text. */
  readonly special: Uint8Array;
}

/** What the thread is asked, and what it answers to that. */
type Ask =
  | { readonly kind: 'encode'; readonly text: string }
  | { readonly kind: 'decode'; readonly ids: Int32Array; readonly from: number }
  | { readonly kind: 'name'; readonly id: number };

interface Answers {
  readonly encode: RawEncoding;
  readonly decode: readonly string[];
  readonly name: string | null;
  readonly open: null;
}

type Answer<Kind extends keyof Answers> = { readonly value: Answers[Kind] } | { readonly failure: string };

/** Under which number an ask was made, so that a late answer is not taken for the next one's. */
interface Numbered {
  readonly number: number;
}

const answerMs = 60_000;

/** Runs in the thread, as CommonJS. `port` carries what is asked in and answers out; `flag` wakes the one who waits. */
const threadSource = `
const { workerData: { library, file, port, flag } } = require('node:worker_threads');
const signal = new Int32Array(flag);
const answer = (message) => {
  port.postMessage(message);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
};
const describe = (error) => ({ failure: error instanceof Error ? error.message : String(error) });
try {
  const tokenizer = require(library).Tokenizer.fromFile(file);
  tokenizer.disableTruncation();
  tokenizer.disablePadding();
  const asks = {
    encode: async ({ text }) => {
      const encoding = await tokenizer.encode(text);
      return {
        ids: Int32Array.from(encoding.getIds()),
        tokens: encoding.getTokens(),
        codePoints: Int32Array.from(encoding.getOffsets().flat()),
        special: Uint8Array.from(encoding.getSpecialTokensMask()),
      };
    },
    decode: async ({ ids, from }) => {
      const texts = [];
      for (let end = from; end <= ids.length; end++) texts.push(await tokenizer.decode(Array.from(ids.subarray(0, end)), true));
      return texts;
    },
    name: async ({ id }) => tokenizer.idToToken(id) ?? null,
  };
  port.on('message', ({ number, ...ask }) =>
    asks[ask.kind](ask).then((value) => ({ value })).catch(describe).then((found) => answer({ number, ...found })));
  answer({ number: 0, value: null });
} catch (error) {
  answer({ number: 0, ...describe(error) });
}
`;

/**
 * A tokenizer that answers at once. The library's own \`encode\` is a promise alone, and the model port encodes
 * synchronously: the library therefore lives in a thread of its own, and the caller sleeps until it answers.
 */
export class TokenizerThread {
  /** Number of the last ask; opening is the first. */
  private number = 0;

  private constructor(
    private readonly worker: Worker,
    private readonly port: MessagePort,
    private readonly signal: Int32Array,
  ) {}

  /**
   * @param file path of a tokenizer.json; its own truncation and padding are switched off
   * @throws ExplainProblem TOKENIZER_INVALID where the library cannot read it
   */
  static open(file: string): TokenizerThread {
    const library = createRequire(import.meta.url).resolve('tokenizers');
    const flag = new SharedArrayBuffer(4);
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(threadSource, {
      eval: true,
      workerData: { library, file, port: port2, flag },
      transferList: [port2],
      stdin: false,
    });
    // Neither keeps the process alive.
    worker.unref();
    port1.unref();
    const thread = new TokenizerThread(worker, port1, new Int32Array(flag));
    const answer = thread.wait<'open'>();
    if ('failure' in answer) {
      void thread.close();
      throw new ExplainProblem('TOKENIZER_INVALID', `tokenizer.json cannot be read: ${answer.failure}`);
    }
    return thread;
  }

  /**
   * @param withinMs after which the tokenizer is given up
   * @throws ExplainProblem MODEL_RUN_FAILED
   */
  encode(text: string, withinMs = answerMs): RawEncoding {
    const answer = this.ask<'encode'>({ kind: 'encode', text }, withinMs);
    if ('failure' in answer) throw new ExplainProblem('MODEL_RUN_FAILED', `the tokenizer refused the text: ${answer.failure}`);
    return answer.value;
  }

  /**
   * The texts of the first `from` tokens, of one more, and so on up to all of them; special tokens have none.
   *
   * @throws ExplainProblem MODEL_RUN_FAILED
   */
  decodeEach(ids: Int32Array, from: number): readonly string[] {
    const answer = this.ask<'decode'>({ kind: 'decode', ids, from });
    if ('failure' in answer) throw new ExplainProblem('MODEL_RUN_FAILED', `the tokenizer refused the tokens: ${answer.failure}`);
    return answer.value;
  }

  /** The name of a token in the vocabulary, null for an id that has none. */
  nameOf(id: number): string | null {
    const answer = this.ask<'name'>({ kind: 'name', id });
    return 'failure' in answer ? null : answer.value;
  }

  async close(): Promise<void> {
    this.port.close();
    await this.worker.terminate();
  }

  private ask<Kind extends Ask['kind']>(ask: Ask & { readonly kind: Kind }, withinMs = answerMs): Answer<Kind> {
    this.number += 1;
    this.port.postMessage({ ...ask, number: this.number });
    return this.wait<Kind>(withinMs);
  }

  private wait<Kind extends keyof Answers>(withinMs = answerMs): Answer<Kind> {
    const until = performance.now() + withinMs;
    for (;;) {
      const left = until - performance.now();
      // A notification of the answer before can come while this one is waited for.
      if (Atomics.wait(this.signal, 0, 0, Math.max(0, left)) === 'timed-out') return { failure: `no answer within ${withinMs / 1000} s` };
      // Lowered before the port is read: what is answered from here on raises it again.
      Atomics.store(this.signal, 0, 0);
      for (;;) {
        const received: { message: Numbered & Answer<Kind> } | undefined = receiveMessageOnPort(this.port);
        if (received === undefined) break;
        if (received.message.number === this.number) return received.message;
      }
    }
  }
}
