import { RunFailure } from './run-failure.js';

export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Everything kept of its standard streams. */
  readonly output: string;
  /** The last line of it that may leave the machine. */
  readonly lastLine: string | null;
}

/** What to say of a process that ended in the middle of a run without being told to. */
export function explainCrash(end: ChildEnd): RunFailure {
  // V8 and the C++ runtime abort when memory runs out, and say so only there.
  if (/heap out of memory|std::bad_alloc/.test(end.output)) {
    return new RunFailure({ code: 'RESOURCE_LIMIT', detail: 'the process that ran the model ran out of memory' });
  }
  const how = end.signal === null ? `with exit code ${end.code ?? 'unknown'}` : `by ${end.signal}`;
  const last = end.lastLine === null ? '' : `; its last words were: ${end.lastLine}`;
  return new RunFailure({ code: 'MODEL_CRASHED', detail: `the process that ran the model ended ${how}${last}` });
}
