import { join } from 'node:path';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '#access';
import type { DatasetStore, DatasetVersion, ModelStore } from '#catalog';
import { datasetLimits, DatasetProblem, readRowFile, rowTypingOf, type RowFault, type RowTyping } from '#datasets';
import { quote } from '#explainers';
import { findActive, Slots } from '#jobs';
import { ProblemError, refuseField } from '#platform';
import type { GatewayLimits } from '../http/gateway-limits.js';
import { jsonPointer } from '../http/json-pointer.js';
import { isName, NAME_RULE, refuseName } from '../http/names.js';
import { expectRoom } from '../http/multipart/storage.js';
import { datasetUploadLimits } from './dataset-limits.js';
import { receiveRows, type ReceivedRows } from './receive-rows.js';

const RETRY_SECONDS = '5';

/** Takes rows that are uploaded: file to the disk, rows typed by a child process, blocks into the store. */
export class DatasetUpload {
  /** Uploads of each tenant that arrive, wait for a reader or are read: each may hold a whole file on the disk. */
  private readonly underWay = new Map<string, number>();
  private readonly readers = new Slots(datasetUploadLimits.readersAtOnce);

  constructor(
    private readonly datasets: DatasetStore,
    private readonly models: ModelStore,
    /** The home of this installation. */
    private readonly home: string,
    /** Bytes that can still be written there. */
    private readonly freeBytes: () => Promise<number>,
  ) {}

  /**
   * @param gone stops the reading when nobody waits for the answer any more
   * @throws ProblemError
   */
  async receive(principal: Principal, request: IncomingMessage, limits: GatewayLimits, gone: AbortSignal): Promise<DatasetVersion> {
    const leave = this.enter(principal.tenant, limits);
    try {
      await expectRoom(request, datasetUploadLimits.totalBytes, this.freeBytes);
      return await this.read(principal, request, limits, gone);
    } finally {
      leave();
    }
  }

  /** Takes a place among the uploads under way. A tenant that fills its share leaves room for the others. */
  private enter(tenant: string, limits: GatewayLimits): () => void {
    const own = this.underWay.get(tenant) ?? 0;
    const all = [...this.underWay.values()].reduce((sum, count) => sum + count, 0);
    if (own >= limits.datasetUploadsOfTenant || all >= limits.datasetUploads)
      throw new ProblemError('UPLOADS_EXHAUSTED', {}, { 'Retry-After': RETRY_SECONDS });
    this.underWay.set(tenant, own + 1);
    return () => {
      const left = (this.underWay.get(tenant) ?? 0) - 1;
      if (left > 0) this.underWay.set(tenant, left);
      else this.underWay.delete(tenant);
    };
  }

  private read(principal: Principal, request: IncomingMessage, limits: GatewayLimits, gone: AbortSignal): Promise<DatasetVersion> {
    return receiveRows(request, join(this.home, 'files', 'rows'), limits, async (received) => {
      const release = await this.readers.acquire();
      try {
        return await this.store(principal, received, gone);
      } catch (error) {
        throw error instanceof DatasetProblem ? toProblem(error) : error;
      } finally {
        release();
      }
    });
  }

  private async store(
    principal: Principal,
    { fields, format, file, fileSha256 }: ReceivedRows,
    gone: AbortSignal,
  ): Promise<DatasetVersion> {
    if (fields.name === undefined)
      throw refuseField('PART_REFUSED', '/name', 'the field name is missing', `Send a field name: ${NAME_RULE}.`);
    const name = checkName('name', fields.name);
    const version = fields.version === undefined ? null : checkName('version', fields.version);
    const typing = await this.typingOf(principal, fields);
    const { shape, blocks } = await readRowFile(file.fd, format, typing, datasetLimits, gone);
    const outcome = await this.datasets.add(principal, { ...shape, name, version, fileSha256 }, blocks);
    if (outcome.kind === 'added') return outcome.version;
    throw new ProblemError('CONFLICT', {
      detail: `${name} has, or had, a version ${quote(version ?? '')}`,
      remedy: 'Leave `version` out, or choose another: a version is never replaced.',
    });
  }

  private async typingOf(principal: Principal, { model, label, textColumn }: ReceivedRows['fields']): Promise<RowTyping> {
    const said = { labelColumn: label ?? null, labelIsOptional: false, textColumn: textColumn ?? null };
    if (model === undefined) return { model: null, ...said };
    const { version } = await findActive(this.models, principal, { name: model.slice(0, 129) }, '/model');
    const typing = rowTypingOf(version);
    if (textColumn !== undefined && typing.model?.readsText === false)
      throw refuseField('PARAM_INVALID', '/textColumn', `${model} reads columns, not texts`);
    return { ...typing, ...said };
  }
}

function checkName(field: 'name' | 'version', value: string): string {
  if (!isName(value)) throw refuseName(field, value);
  return value;
}

function toProblem({ code, detail, remedy, faults }: DatasetProblem): ProblemError {
  return new ProblemError(code, { detail, remedy, errors: faults.map(toDetail) });
}

/** The pointer names the row as people count: from 1, the header not among them. */
function toDetail({ row, column, code, detail }: RowFault) {
  return { pointer: jsonPointer(row === null ? ['columns', column] : ['rows', row, column]), code, detail };
}
