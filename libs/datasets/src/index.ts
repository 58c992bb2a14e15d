export { DatasetProblem, type RowFault } from './dataset-problem.js';
export { formatOf, type FileFormat } from './formats/file-format.js';
export { datasetLimits, type DatasetLimits } from './limits.js';
export { readRowFile } from './child/read-row-file.js';
export type { TypedRows } from './read-rows.js';
export { rowTypingOf } from './typing/row-typing-of.js';
export type { RowTyping, TypingModel } from './typing/row-typing.js';
