/** Closed; a job never goes back. */
export const jobStates = ['QUEUED', 'RUNNING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const;
export type JobState = (typeof jobStates)[number];

export const terminalStates = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'EXPIRED'] as const satisfies readonly JobState[];

export function isTerminal(state: JobState): boolean {
  return (terminalStates as readonly JobState[]).includes(state);
}

export const priorities = ['high', 'normal', 'low'] as const;
export type Priority = (typeof priorities)[number];

/** BullMQ runs 1 first, and jobs without a priority before all others, so every job gets one. */
export const queuePriority: Readonly<Record<Priority, number>> = { high: 1, normal: 10, low: 100 };

/** A job as people see it: metadata only, no input. */
export interface Job {
  readonly id: string;
  readonly tenant: string;
  readonly actor: string;
  readonly method: string;
  readonly family: string;
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string; readonly alias: string | null };
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: Priority;
  readonly seed: number;
  readonly state: JobState;
  /** The job whose request this one runs again. */
  readonly retryOf: string | null;
  /** The batch this job is an item of, and its index there. */
  readonly batch: { readonly id: string; readonly item: number } | null;
  readonly progress: JobProgress;
  /** Runs started so far. */
  readonly attempt: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly deadlineAt: Date;
  readonly explanationId: string | null;
  /** Of the explanation's warnings; empty until SUCCEEDED. */
  readonly warningCodes: readonly string[];
  /** A problem document; present exactly when FAILED or EXPIRED. */
  readonly error: Readonly<Record<string, unknown>> | null;
}

export interface JobProgress {
  /** Evaluations. */
  readonly done: number;
  readonly total: number;
  readonly phase: string;
}
