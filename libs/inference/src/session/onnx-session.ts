import { join } from 'node:path';
import { InferenceSession, env, type Tensor } from 'onnxruntime-node';
import { describeOpenFailure, describeRunFailure } from './run-problem.js';

// Messages of the runtime go to stderr past every logger; what matters comes back as an error.
env.logLevel = 'fatal';

/** How sessions are set up; part of what decides a result's bits. */
export const runtimeSettings = {
  executionProvider: 'cpu',
  graphOptimization: 'all',
  executionMode: 'sequential',
  intraOpThreads: 1,
  interOpThreads: 1,
  int8Sums: 'exact',
} as const;

export type Feeds = Readonly<Record<string, Tensor>>;

/** Where a session's model comes from: the file, or changed bytes that stand for it. */
export interface SessionSource {
  readonly folder: string;
  readonly modelFile: string;
  /** Null: the file as it is. */
  readonly patched: Uint8Array | null;
  /** False: every node is run as the file has it. True where it is left out. */
  readonly optimised?: boolean;
  /** False: what lies between DequantizeLinear and QuantizeLinear is computed as the file has it, and not in whole numbers. True where it is left out. */
  readonly joinsQuantised?: boolean;
}

/** One session of the runtime, opened when it is first used. One thread: workers are processes, and share the cores. */
export class OnnxSession {
  private opened: Promise<InferenceSession> | null = null;
  private closed = false;

  constructor(private source: SessionSource) {}

  /** @throws ExplainProblem MODEL_FILE_INVALID or MODEL_UNSUPPORTED */
  async open(): Promise<InferenceSession> {
    if (this.closed) throw new Error('the model has been closed');
    this.opened ??= create(this.source);
    const session = await this.opened;
    // The runtime has a copy; these may be hundreds of megabytes.
    this.source = { ...this.source, patched: null };
    return session;
  }

  /**
   * @param fetch name of the one output that is wanted
   * @throws ExplainProblem MODEL_RUN_FAILED, or as `open`
   */
  async run(feeds: Feeds, fetch: string): Promise<Tensor> {
    const [output] = await this.runAll(feeds, [fetch]);
    if (output === undefined) throw describeRunFailure(`no output ${fetch}`, this.source.folder);
    return output;
  }

  /**
   * @param fetches names of the outputs that are wanted; others are not copied
   * @returns the outputs in the order of their names
   * @throws ExplainProblem MODEL_RUN_FAILED, or as `open`
   */
  async runAll(feeds: Feeds, fetches: readonly string[]): Promise<readonly Tensor[]> {
    const session = await this.open();
    let outputs: Readonly<Record<string, Tensor>>;
    try {
      outputs = await session.run(feeds, fetches, { logSeverityLevel: 4 });
    } catch (error) {
      throw describeRunFailure(error, this.source.folder);
    }
    return fetches.map((fetch) => {
      const output = outputs[fetch];
      if (output === undefined) throw describeRunFailure(`no output ${fetch}`, this.source.folder);
      return output;
    });
  }

  /** Frees the runtime's memory. Nothing may be running. */
  async close(): Promise<void> {
    this.closed = true;
    const session = await this.opened?.catch(() => null);
    await session?.release();
  }
}

async function create({ folder, modelFile, patched, optimised = true, joinsQuantised = true }: SessionSource): Promise<InferenceSession> {
  const path = join(folder, modelFile);
  const options: InferenceSession.SessionOptions = {
    executionProviders: [runtimeSettings.executionProvider],
    graphOptimizationLevel: optimised ? runtimeSettings.graphOptimization : 'disabled',
    executionMode: runtimeSettings.executionMode,
    intraOpNumThreads: runtimeSettings.intraOpThreads,
    interOpNumThreads: runtimeSettings.interOpThreads,
    // Plans of memory are kept for each shape of input, and shapes vary from batch to batch.
    enableMemPattern: false,
    logSeverityLevel: 4,
    // Bytes have no folder of their own, and external data are looked for beside the model.
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        // Without VNNI, sums of int8 products saturate at 16 bits: another answer on an older processor, with nothing said.
        x64quantprecision: '1',
        ...(!joinsQuantised && { disable_quant_qdq: '1' }),
        ...(patched && { model_external_initializers_file_folder_path: join(path, '..') }),
      },
    },
  };
  try {
    return await (patched === null ? InferenceSession.create(path, options) : InferenceSession.create(patched, options));
  } catch (error) {
    throw describeOpenFailure(error, folder);
  }
}
