/**
 * Everything that can be wrong with a request or a model from an explainer's point of view. Each code has an
 * entry in the catalogue of problem documents (platform), which adds title, HTTP status and remedy.
 */
export const explainProblemCodes = [
  'METHOD_NOT_APPLICABLE', // the method cannot explain this kind of model
  'CLASS_UNKNOWN',
  'TARGET_SPACE_UNSUPPORTED',
  'COLUMN_UNKNOWN',
  'COLUMN_MISSING',
  'COLUMN_TYPE',
  'CATEGORY_UNKNOWN',
  'INPUT_KIND_MISMATCH', // text for a tabular model, or the other way round
  'TEXT_EMPTY', // nothing in the text that could be a player
  'TEXT_INVALID', // NUL or a lone surrogate
  'IMAGE_INVALID', // not a PNG or JPEG that can be decoded, or not what its media type says
  'IMAGE_TOO_LARGE', // more bytes or pixels than are read
  'IMAGE_CHANNELS', // colours that the model cannot read
  'CONTEXT_EXCEEDED', // more tokens than a language model reads at once
  'PLAYERS_UNSUPPORTED',
  'PLAYERS_TOO_MANY',
  'MASKER_UNSUPPORTED',
  'GROUP_INVALID',
  'BACKGROUND_MISSING',
  'BACKGROUND_INVALID',
  'BUDGET_TOO_SMALL',
  'PARAM_INVALID',
  'MODEL_OUTPUT_NON_FINITE',
  'MODEL_FILE_INVALID', // the graph or a companion file cannot be read
  'INVALID_PROTOBUF', // the graph's bytes are no ONNX model
  'SHAPE_DATA_MISMATCH', // a tensor whose shape and numbers do not fit each other
  'EXTERNAL_DATA_FORBIDDEN', // weights under a name that is no file of the model
  'EXTERNAL_DATA_OUT_OF_RANGE', // weights beyond the end of the file that holds them
  'OPERATOR_FORBIDDEN', // an operator that is no part of ONNX or its runtime
  'MODEL_TOO_COMPLEX', // more nodes, tensors or text than any model has
  'TOKENIZER_INVALID',
  'FILE_UNEXPECTED', // an upload brought a file that the model has no use for
  'MODEL_FILE_MISSING', // a registered file is not on this machine
  'MODEL_FILE_CHANGED', // the files on disk no longer have the registered hash
  'MODEL_UNSUPPORTED', // readable, but an input or output Vitrine cannot serve
  'MODEL_RUN_FAILED', // the runtime refused the row
  'TOKENIZER_MISSING',
  'ATTENTION_UNAVAILABLE', // the graph has none, or none that can be taken out of it
  'ATTENTION_UNPROVEN', // what looked like attention did not behave so when it was run
  'GRADIENT_UNAVAILABLE', // an operator between input and output has no derivative
  'GRADIENT_NON_FINITE', // a gradient overflowed, or a node gave no number
  'DATASET_MISMATCH', // its kind or its columns are not those of the model
  'ROWS_UNEXPLAINED', // not one row of a data set could be explained
  'CANCELLED',
] as const;

export type ExplainProblemCode = (typeof explainProblemCodes)[number];

/** A failure a person can act on. Thrown by explainers and by the model port; never carries a path or a stack outward. */
export class ExplainProblem extends Error {
  override readonly name = 'ExplainProblem';

  /**
   * @param code closed catalogue code
   * @param detail one sentence for a person, with the bad value in it
   * @param pointer RFC 6901 pointer into the request body, null when no part of it is to blame
   * @param remedy what to do in this very case; null leaves the catalogue's general remedy
   */
  constructor(
    readonly code: ExplainProblemCode,
    readonly detail: string,
    readonly pointer: string | null = null,
    readonly remedy: string | null = null,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** What is asked for by choosing a method: whoever finds that a model does not have it knows no request. */
const askedByMethod: ReadonlySet<ExplainProblemCode> = new Set([
  'METHOD_NOT_APPLICABLE',
  'ATTENTION_UNAVAILABLE',
  'ATTENTION_UNPROVEN',
  'GRADIENT_UNAVAILABLE',
  'GRADIENT_NON_FINITE',
]);

/** RFC 6901 pointer to the member of the request that is to blame; null where none is. */
export function blameOf({ code, pointer }: Pick<ExplainProblem, 'code' | 'pointer'>): string | null {
  return pointer ?? (askedByMethod.has(code) ? '/method' : null);
}
