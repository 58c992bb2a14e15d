import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MS = 1500;

/** Whether a question is answered, soon enough for a probe. */
export async function answers(question: Promise<unknown>): Promise<boolean> {
  const late = new AbortController();
  try {
    return await Promise.race([
      question.then(
        () => true,
        () => false,
      ),
      pause(PATIENCE_MS, false, { signal: late.signal }).catch(() => false), // aborted: the question was answered
    ]);
  } finally {
    late.abort();
  }
}
