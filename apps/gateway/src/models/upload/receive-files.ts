import type { IncomingMessage } from 'node:http';
import type { ModelFile, Staging, UploadedFiles } from '#catalog';
import { ProblemError } from '#platform';
import type { GatewayLimits } from '../../http/gateway-limits.js';
import { ContentDigest } from '../../http/multipart/content-digest.js';
import { readField, refuseTwice } from '../../http/multipart/read-field.js';
import { readMultipart, type MultipartPart } from '../../http/multipart/read-multipart.js';
import { expectRoom, toStorageProblem } from '../../http/multipart/storage.js';
import { isName, refuseName } from '../../http/names.js';
import { checkPartSize, nameFile, uploadLimits } from './part-rules.js';

export interface ReceivedFiles {
  /** The name that the upload asks for; null for the next whole number. */
  readonly version: string | null;
  /** By name. */
  readonly files: readonly ModelFile[];
}

/**
 * Writes the parts of an upload into a staging folder as they arrive. Nothing is read as a model here.
 *
 * @throws ProblemError, where the staging folder is the caller's to discard
 */
export async function receiveFiles(
  request: IncomingMessage,
  store: UploadedFiles,
  staging: Staging,
  limits: GatewayLimits,
): Promise<ReceivedFiles> {
  await expectRoom(request, uploadLimits.totalBytes, () => store.freeBytes());
  const files: ModelFile[] = [];
  const taken = new Set<string>();
  let version: string | null = null;
  const take = async (part: MultipartPart): Promise<void> => {
    checkEncoding(part);
    if (part.name === 'version') {
      if (version !== null) throw refuseTwice('version');
      version = await readVersion(part);
      return;
    }
    const name = nameFile(part.name, taken);
    taken.add(name.toLowerCase());
    files.push(await writeFile({ ...part, name }, store, staging));
  };
  await readMultipart(
    request,
    {
      totalBytes: uploadLimits.totalBytes,
      parts: uploadLimits.parts,
      idleMs: limits.uploadIdleMs,
      leastBytes: limits.uploadLeastBytes,
      timeoutMs: limits.uploadTimeoutMs,
      drainBytes: limits.drainBytes,
    },
    take,
  );
  if (!taken.has('model.onnx') || !files.some((file) => file.name === 'model.onnx'))
    throw new ProblemError('PART_REFUSED', { detail: 'there is no part model.onnx', remedy: adviseFile(files) });
  return { version, files: files.sort((one, other) => (one.name < other.name ? -1 : 1)) };
}

function adviseFile(files: readonly ModelFile[]): string {
  return files.some(({ name }) => name === 'decoder_model.onnx')
    ? 'Export encoder and decoder as one file without a cache (optimum-cli export onnx --monolith --task text2text-generation), and send it as the part model.onnx.'
    : 'Send the ONNX file as the part model.onnx.';
}

async function writeFile({ name, headers, body }: MultipartPart, store: UploadedFiles, staging: Staging): Promise<ModelFile> {
  const digest = ContentDigest.read(headers, name);
  try {
    const file = await store.write(staging, name, body, (chunk, size) => {
      checkPartSize(name, size);
      digest?.update(chunk);
    });
    digest?.check();
    return file;
  } catch (error) {
    throw toStorageProblem(error);
  }
}

async function readVersion(part: MultipartPart): Promise<string> {
  const version = (await readField(part)).trim();
  if (!isName(version)) throw refuseName('version', version);
  return version;
}

/** @throws ProblemError UNSUPPORTED_MEDIA_TYPE: what is written is what was sent */
function checkEncoding({ name, headers }: MultipartPart): void {
  const encoding = headers['content-transfer-encoding'] ?? headers['content-encoding'] ?? 'binary';
  if (!/^\s*(?:binary|7bit|8bit|identity)\s*$/i.test(encoding))
    throw new ProblemError('UNSUPPORTED_MEDIA_TYPE', {
      detail: `part ${name} is encoded`,
      remedy: 'Send the bytes of each file as they are.',
    });
}
