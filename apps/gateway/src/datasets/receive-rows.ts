import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { formatOf, type FileFormat } from '#datasets';
import { quote } from '#explainers';
import { ProblemError } from '#platform';
import type { GatewayLimits } from '../http/gateway-limits.js';
import { ContentDigest } from '../http/multipart/content-digest.js';
import { readField, refuseTwice } from '../http/multipart/read-field.js';
import { readMultipart, type MultipartPart } from '../http/multipart/read-multipart.js';
import { toStorageProblem } from '../http/multipart/storage.js';
import { datasetUploadLimits } from './dataset-limits.js';

const fieldNames = ['name', 'model', 'label', 'textColumn', 'version'] as const;
type FieldName = (typeof fieldNames)[number];

/** An upload as it arrived. The file has no name on the disk: it is gone with its descriptor, also when this process is killed. */
export interface ReceivedRows {
  readonly fields: Readonly<Partial<Record<FieldName, string>>>;
  readonly format: FileFormat;
  readonly file: FileHandle;
  /** Lower-case hex. */
  readonly fileSha256: string;
}

/**
 * Writes the file of an upload to the disk as it arrives, and reads its fields.
 *
 * @param folder for the file while it is read; made where it is missing
 * @param act gets the upload; the file is closed when it is done
 * @throws ProblemError, and what `act` throws
 */
export async function receiveRows<T>(
  request: IncomingMessage,
  folder: string,
  limits: GatewayLimits,
  act: (received: ReceivedRows) => Promise<T>,
): Promise<T> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${randomUUID()}.rows`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    return await act({ ...(await receive(request, file, limits)), file });
  } finally {
    await file.close();
  }
}

async function receive(request: IncomingMessage, file: FileHandle, limits: GatewayLimits): Promise<Omit<ReceivedRows, 'file'>> {
  const fields: Partial<Record<FieldName, string>> = {};
  const files: Pick<ReceivedRows, 'format' | 'fileSha256'>[] = [];
  const take = async (part: MultipartPart): Promise<void> => {
    const field = fieldNames.find((name) => name === part.name);
    const format = formatOf(part.name);
    if (field !== undefined) {
      if (fields[field] !== undefined) throw refuseTwice(field);
      fields[field] = await readField(part);
    } else if (format !== null && files.length === 0) files.push({ format, fileSha256: await writeRows(part, file) });
    else throw refused(`the part ${quote(part.name)} has no place here, or came before`);
  };
  const { totalBytes, parts } = datasetUploadLimits;
  const { uploadIdleMs: idleMs, uploadLeastBytes: leastBytes, uploadTimeoutMs: timeoutMs, drainBytes } = limits;
  await readMultipart(request, { totalBytes, parts, idleMs, leastBytes, timeoutMs, drainBytes }, take);
  const [rows] = files;
  if (rows === undefined) throw refused('there is no part with rows');
  return { fields, ...rows };
}

async function writeRows({ name, headers, body }: MultipartPart, file: FileHandle): Promise<string> {
  const digest = ContentDigest.read(headers, name);
  const hash = createHash('sha256');
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      digest?.update(chunk);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
  } catch (error) {
    throw toStorageProblem(error);
  }
  digest?.check();
  return hash.digest('hex');
}

function refused(detail: string): ProblemError {
  return new ProblemError('PART_REFUSED', {
    detail,
    remedy: `Send the fields ${fieldNames.join(', ')}, each at most once, and one file: rows.csv, rows.csv.gz, rows.ndjson, rows.ndjson.gz or rows.parquet.`,
  });
}
