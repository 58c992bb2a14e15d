import { batchItemSchema, type BatchRequest, type ParsedItem } from '#jobs';
import { ProblemError } from '#platform';
import { refuseUnstorable } from '../http/body/parse-json-body.js';
import { parseBody } from '../http/parse-body.js';

export interface ParsedBatch {
  readonly items: readonly ParsedItem[];
  /** Pointer into the body of the batch for a pointer into the body that the item would be as a job. */
  readonly pointerOf: (index: number, pointer: string) => string;
}

/** Checks each item against its schema, every one by itself. */
export function parseBatch(body: BatchRequest): ParsedBatch {
  const { items } = body;
  const given = items ?? (body.inputs ?? []).map((input) => ({ input }));
  // An entry of `inputs` is the input itself.
  const pointerInItem = (index: number, pointer: string) =>
    items === undefined ? `/inputs/${index}${pointer.replace(/^\/input(?=\/|$)/, '')}` : `/items/${index}${pointer}`;
  return {
    items: given.map((item, index) => parseItem(item, (pointer) => pointerInItem(index, pointer))),
    // What is not of the input or the labels, all items share.
    pointerOf: (index, pointer) => (/^\/(?:input|labels)(?:\/|$)/.test(pointer) ? pointerInItem(index, pointer) : pointer),
  };
}

function parseItem(given: unknown, pointerOf: (pointer: string) => string): ParsedItem {
  try {
    refuseUnstorable(given);
    return { item: parseBody(batchItemSchema, given) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { problem } = error;
    return { problem: { ...problem, errors: problem.errors.map((one) => ({ ...one, pointer: pointerOf(one.pointer) })) } };
  }
}
