import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LlmAnswer, LlmOrder } from './order.js';

/** Carries out one order in a process of its own. */
export function askProcess(order: LlmOrder): Promise<LlmAnswer> {
  const program = fileURLToPath(new URL('./llm-loop.js', import.meta.url));
  const child = fork(program, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('message', (answer: LlmAnswer) => resolve(answer));
    child.once('exit', (code) => reject(new Error(`the measuring process ended with ${String(code)}`)));
    child.send(order);
  });
}
