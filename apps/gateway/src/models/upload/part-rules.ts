import { quote } from '#explainers';
import { ProblemError } from '#platform';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** What an upload may hold. */
export const uploadLimits = Object.freeze({
  /** Bytes of the whole upload. */
  totalBytes: 4 * GIB,
  /** Exporters may leave one file for each weight. */
  parts: 4096,
  nameCharacters: 128,
});

/** Bytes of the files whose name says what they are; every other file may fill the upload. */
const fileBytes: ReadonlyMap<string, number> = new Map([
  ['model.onnx', 2 * GIB - 1], // protobuf ends there; larger models keep their weights in files beside it
  ['tokenizer.json', 128 * MIB],
  ['tokenizer_config.json', 8 * MIB],
  ['config.json', 8 * MIB],
  ['generation_config.json', 8 * MIB],
  ['preprocessor_config.json', 8 * MIB],
  ['model.json', 8 * MIB],
  ['background.csv', 64 * MIB],
  ['covers.json', 256 * MIB],
]);

/** The same on every file system: no separators, no control characters, nothing hidden. */
const PLAIN = /^[A-Za-z0-9_][A-Za-z0-9_.+@=-]*$/;
/** Names that are devices on some systems, whatever their ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Where exporters of Hugging Face put the graph and its external data; both are found beside the other files too. */
const EXPORT_FOLDER = 'onnx/';

/**
 * The file name that a part goes by: its own, or what is left of it without the folder `onnx/`.
 *
 * @param taken names that came before, in lower case: two names that differ in case alone are one on some systems
 * @throws ProblemError PART_REFUSED
 */
export function nameFile(part: string, taken: ReadonlySet<string>): string {
  const name = part.startsWith(EXPORT_FOLDER) ? part.slice(EXPORT_FOLDER.length) : part;
  if (name.length > uploadLimits.nameCharacters || !PLAIN.test(name) || name.endsWith('.') || DEVICE.test(name))
    throw refuse(
      `${quote(part)} is no plain file name`,
      'A part is named like its file, without a folder but onnx/: letters, digits and _ . + @ = -.',
    );
  if (taken.has(name.toLowerCase())) throw refuse(`${quote(name)} comes twice`, 'Send each file once.');
  return name;
}

/** @throws ProblemError BODY_TOO_LARGE */
export function checkPartSize(name: string, size: number): void {
  const limit = fileBytes.get(name);
  if (limit !== undefined && size > limit) throw new ProblemError('BODY_TOO_LARGE', { detail: `${name} has more than ${limit} bytes` });
}

function refuse(detail: string, remedy: string): ProblemError {
  return new ProblemError('PART_REFUSED', { detail, remedy });
}
