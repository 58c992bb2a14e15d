import type { DatasetBlock, DatasetShape } from '#catalog';
import type { DatasetProblemCode, RowFault } from '../dataset-problem.js';
import type { FileFormat } from '../formats/file-format.js';
import type { DatasetLimits } from '../limits.js';
import type { RowTyping } from '../typing/row-typing.js';

/** Descriptor under which a child finds the file; 0 to 2 are the standard streams and 3 is the channel. */
export const FILE_DESCRIPTOR = 4;

/** Blocks a child may have sent that nobody has taken yet. */
export const BLOCKS_AHEAD = 4;

export type ToReader =
  | { readonly kind: 'read'; readonly format: FileFormat; readonly typing: RowTyping; readonly limits: DatasetLimits }
  /** A block was taken. */
  | { readonly kind: 'more' };

export type FromReader =
  | { readonly kind: 'shape'; readonly shape: DatasetShape }
  | { readonly kind: 'block'; readonly block: DatasetBlock }
  | { readonly kind: 'done' }
  | {
      readonly kind: 'refused';
      readonly code: DatasetProblemCode;
      readonly detail: string;
      readonly remedy: string | null;
      readonly faults: readonly RowFault[];
    }
  /** A programming error; for the log. */
  | { readonly kind: 'failed'; readonly stack: string };
