import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReviewJob } from './rows.js';

export type IdealOrder =
  | { readonly kind: 'record'; readonly folder: string; readonly method: string; readonly jobs: readonly ReviewJob[] }
  /** Without a batch size the quickest is looked for. */
  | { readonly kind: 'load'; readonly folder: string; readonly rows: readonly Int32Array[]; readonly batchSize: number | null }
  | { readonly kind: 'run' };

export type IdealAnswer =
  | { readonly kind: 'recorded'; readonly rows: readonly (readonly Int32Array[])[] }
  | { readonly kind: 'loaded'; readonly batchSize: number }
  | { readonly kind: 'ran'; readonly milliseconds: number }
  | { readonly kind: 'failed'; readonly message: string };

/** The ideal loop in a process of its own, so that nothing of the benchmark shares its core's time or its heap. */
export class IdealProcess {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL('./ideal-loop.js', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

  /** The distinct rows of each job. */
  async record(folder: string, method: string, jobs: readonly ReviewJob[]): Promise<readonly (readonly Int32Array[])[]> {
    const answer = await this.ask({ kind: 'record', folder, method, jobs });
    if (answer.kind !== 'recorded') throw new Error(`unexpected answer ${answer.kind}`);
    return answer.rows;
  }

  /** Opens the model and lays out the rows. @returns rows of a batch */
  async load(folder: string, rows: readonly Int32Array[], batchSize: number | null = null): Promise<number> {
    const answer = await this.ask({ kind: 'load', folder, rows, batchSize });
    if (answer.kind !== 'loaded') throw new Error(`unexpected answer ${answer.kind}`);
    return answer.batchSize;
  }

  /** All rows once. @returns milliseconds, measured inside */
  async run(): Promise<number> {
    const answer = await this.ask({ kind: 'run' });
    if (answer.kind !== 'ran') throw new Error(`unexpected answer ${answer.kind}`);
    return answer.milliseconds;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }

  private ask(order: IdealOrder): Promise<IdealAnswer> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error('the ideal loop ended'));
      this.child.once('exit', onExit);
      this.child.once('message', (answer: IdealAnswer) => {
        this.child.off('exit', onExit);
        if (answer.kind === 'failed') reject(new Error(answer.message));
        else resolve(answer);
      });
      this.child.send(order);
    });
  }
}
