import { setImmediate as nextTurn } from 'node:timers/promises';
import { Slots } from '#jobs';

/** A picture of a long text takes a quarter of a second of the only thread: between two of them whoever else waits has a turn. */
const turns = new Slots(1);

/** Does work that draws once it is its turn. @returns undefined where the caller has gone meanwhile */
export async function takePictureTurn<T>(gone: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  const release = await turns.acquire();
  try {
    await nextTurn();
    return gone.aborted ? undefined : await work();
  } finally {
    release();
  }
}
