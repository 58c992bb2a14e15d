import type { Logger } from './logger.js';

/**
 * The order in which a process stops. Steps of one phase run together; a phase starts when the one before it has
 * ended. `drain` may take the whole grace period; what it leaves is stopped by `kill`.
 */
export const shutdownPhases = ['stop-taking', 'drain', 'kill', 'close'] as const;
export type ShutdownPhase = (typeof shutdownPhases)[number];

export interface ShutdownReport {
  /** Names of the steps that threw. */
  readonly failed: readonly string[];
  /** Names of the steps that did not end in time. Not those of `drain`: what they leave is for `kill`. */
  readonly unfinished: readonly string[];
}

export interface ShutdownOptions {
  /** Milliseconds that the steps of `drain` may take. */
  readonly graceMs: number;
  /** Milliseconds that each step of the other phases may take. Default 3,000. */
  readonly phaseMs?: number;
  readonly logger?: Logger;
}

interface Step {
  readonly phase: ShutdownPhase;
  readonly name: string;
  readonly action: () => Promise<void> | void;
}

/** What has to happen before this process may end. A step that fails or hangs never keeps the others from running. */
export class Shutdown {
  private readonly steps: Step[] = [];
  private running: Promise<ShutdownReport> | null = null;

  /** True from the first call of `run` on. */
  get begun(): boolean {
    return this.running !== null;
  }

  /** In phase `close`, steps run one by one, the last registered first: what was opened last depends on what was opened before. */
  register(phase: ShutdownPhase, name: string, action: () => Promise<void> | void): void {
    this.steps.push({ phase, name, action });
  }

  /** Runs every phase once. Later calls get the same report. Never rejects. */
  run(options: ShutdownOptions): Promise<ShutdownReport> {
    this.running ??= this.runPhases(options);
    return this.running;
  }

  private async runPhases(options: ShutdownOptions): Promise<ShutdownReport> {
    const failed: string[] = [];
    const unfinished: string[] = [];
    for (const phase of shutdownPhases) {
      const limitMs = phase === 'drain' ? options.graceMs : (options.phaseMs ?? 3000);
      const runStep = async (step: Step): Promise<void> => {
        const ended = await endsWithin(step.action, limitMs).catch((error: unknown) => {
          failed.push(step.name);
          options.logger?.error({ err: error, step: step.name }, 'a step of the shutdown failed');
          return true;
        });
        if (ended) return;
        if (phase === 'drain') {
          options.logger?.info({ step: step.name, limitMs }, 'the grace period is over; what still runs is stopped');
          return;
        }
        unfinished.push(step.name);
        options.logger?.warn({ step: step.name, limitMs }, 'a step of the shutdown did not end in time');
      };
      const steps = this.steps.filter((step) => step.phase === phase);
      if (phase === 'close') for (const step of steps.reverse()) await runStep(step);
      else await Promise.all(steps.map(runStep));
    }
    return { failed, unfinished };
  }
}

/** False when `action` was still at work after `limitMs`. */
async function endsWithin(action: () => Promise<void> | void, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([Promise.resolve(action()).then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
