import { watchParent } from '#runner';
import { DatasetProblem } from '../dataset-problem.js';
import { openRows } from '../formats/open-rows.js';
import { readRows } from '../read-rows.js';
import { BLOCKS_AHEAD, FILE_DESCRIPTOR, type FromReader, type ToReader } from './messages.js';

/** The whole life of a child process: reads one file, sends its rows, ends. */
export function serveReading(): void {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error('a reading child needs the channel of child_process.fork');
  watchParent(Number(process.argv[2]));
  const tell = (message: FromReader): void => void send(message, undefined, undefined, () => undefined);
  let credit = BLOCKS_AHEAD;
  let wake: () => void = () => undefined;
  // A library that fails may leave promises behind; what is told is the failure that ended the reading.
  process.on('unhandledRejection', () => undefined);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToReader) => {
    if (message.kind === 'more') {
      credit += 1;
      wake();
      return;
    }
    void read(message, tell, async () => {
      while (credit === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      credit -= 1;
    });
  });
}

async function read(
  { format, typing, limits }: Extract<ToReader, { readonly kind: 'read' }>,
  tell: (message: FromReader) => void,
  takeCredit: () => Promise<void>,
): Promise<void> {
  try {
    const { shape, blocks } = await readRows(await openRows(FILE_DESCRIPTOR, format, limits), typing, limits);
    tell({ kind: 'shape', shape });
    for await (const block of blocks) {
      await takeCredit();
      tell({ kind: 'block', block });
    }
    tell({ kind: 'done' });
  } catch (error) {
    if (error instanceof DatasetProblem) {
      const { code, detail, remedy, faults } = error;
      tell({ kind: 'refused', code, detail, remedy, faults });
    } else tell({ kind: 'failed', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
