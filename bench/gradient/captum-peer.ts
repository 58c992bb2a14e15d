import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProject } from '#platform';

export interface CaptumWork {
  readonly folder: string;
  readonly ids: readonly number[];
  /** What the model answers: the twin has to answer the same. */
  readonly outputs: readonly number[];
  readonly steps: number;
}

/** Captum's integrated gradients in a Python process of its own. */
export class CaptumPeer {
  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string, undefined>,
  ) {}

  /** @returns null where VITRINE_BENCH_PYTHON names no Python, or one without Captum; a line says so */
  static async open(work: CaptumWork, tell: (line: string) => void): Promise<CaptumPeer | null> {
    const python = process.env['VITRINE_BENCH_PYTHON'];
    if (python === undefined) {
      tell('no Captum to compare with: VITRINE_BENCH_PYTHON names a Python with torch, transformers, onnx and captum');
      return null;
    }
    const child = spawn(python, [join(findProject().root, 'bench', 'gradient', 'captum-peer.py')]);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = `${said}${chunk.toString()}`.slice(-2000)));
    child.on('error', (error) => (said = error.message));
    child.stdin.on('error', () => undefined);
    const peer = new CaptumPeer(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    child.stdin.write(`${JSON.stringify(work)}\n`);
    const first = await peer.lines.next();
    if (first.done !== true && first.value === 'ready') return peer;
    tell(`no Captum to compare with: ${python} could not build the twin (torch, transformers, onnx, captum).\n${said}`);
    peer.stop();
    return null;
  }

  /** One explanation. @returns milliseconds, measured inside */
  async run(): Promise<number> {
    this.child.stdin.write('run\n');
    const line: IteratorResult<string, undefined> = await this.lines.next();
    if (line.done === true) throw new Error('the Python process ended');
    return Number(line.value);
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}
