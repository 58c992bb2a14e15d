import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface AttentionOrder {
  readonly folder: string;
  /** Of the text, at most. */
  readonly tokens: number;
}

/** Milliseconds of each round. */
export interface AttentionAnswer {
  readonly forward: readonly number[];
  readonly explained: readonly number[];
  /** Of the tensor as it is kept. */
  readonly bytesPerWeight: number;
}

/** Measures in a process of its own. */
export function measureAttention(order: AttentionOrder): Promise<AttentionAnswer> {
  const child = fork(fileURLToPath(new URL('./attention-loop.js', import.meta.url)), [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (answer: AttentionAnswer) => resolve(answer));
    child.once('exit', (code) => reject(new Error(`the measuring process ended with ${String(code)}`)));
    child.send(order);
  });
}
