import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { GradientAnswer, GradientOrder } from './gradient-order.js';

/** A process of its own that runs one model, so that nothing of the benchmark shares its core's time or its memory. */
export class GradientProcess {
  private readonly child: ChildProcess = fork(fileURLToPath(new URL('./gradient-loop.js', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

  /** @throws Error where the process ends, or answers something else */
  async ask<Kind extends GradientAnswer['kind']>(
    kind: Kind,
    order: GradientOrder,
  ): Promise<Extract<GradientAnswer, { readonly kind: Kind }>> {
    const answer = await new Promise<GradientAnswer>((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`the measuring process ended with ${String(code)}`));
      this.child.once('exit', onExit);
      this.child.once('message', (given: GradientAnswer) => {
        this.child.off('exit', onExit);
        resolve(given);
      });
      this.child.send(order);
    });
    if (isOf(answer, kind)) return answer;
    throw new Error(`unexpected answer ${answer.kind}`);
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}

function isOf<Kind extends GradientAnswer['kind']>(
  answer: GradientAnswer,
  kind: Kind,
): answer is Extract<GradientAnswer, { readonly kind: Kind }> {
  return answer.kind === kind;
}
