import { existsSync, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UploadedFiles, type Staging } from '#catalog';
import { gatewayLimits } from '../../http/gateway-limits.js';
import { RESERVE_BYTES } from '../../http/multipart/storage.js';
import { receiveFiles } from './receive-files.js';

const FULL = '/dev/full';
const hasFull = existsSync(FULL);

/** The product's store on a disk that has as much room as it is told. */
class Disk extends UploadedFiles {
  free = Infinity;

  override freeBytes(): Promise<number> {
    return Promise.resolve(this.free);
  }
}

/** A disk that had room when it was asked, and has none when it is written to. */
class FullDisk extends Disk {
  override async write(_staging: Staging, name: string, body: Readable): Promise<never> {
    await pipeline(body, createWriteStream(FULL));
    throw new RangeError(`${name} was written to ${FULL}`);
  }
}

const body = Buffer.from('--b\r\ncontent-disposition: form-data; name="model.onnx"\r\n\r\nsome bytes\r\n--b--\r\n');

let root: string;
let server: Server | undefined;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'vitrine-receive-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(root, { recursive: true });
});

/** Uploads one file into a staging folder of the store; settles as receiveFiles does. */
async function receive(store: UploadedFiles, staging: Staging) {
  return new Promise<Awaited<ReturnType<typeof receiveFiles>>>((resolve, reject) => {
    server = createServer((incoming, answer) => {
      receiveFiles(incoming, store, staging, gatewayLimits)
        .then(resolve, reject)
        .finally(() => answer.end());
    }).listen(0, '127.0.0.1', () => {
      const { port } = server?.address() as AddressInfo;
      const headers = { 'content-type': 'multipart/form-data; boundary=b', 'content-length': body.length };
      request({ port, host: '127.0.0.1', method: 'POST', headers })
        .on('error', () => undefined) // an upload that is refused may find its connection closed
        .end(body);
    });
  });
}

describe('an upload', () => {
  it('is refused before a byte is written when the disk would not keep its reserve', async () => {
    const disk = new Disk(root);
    const staging = await disk.open();
    disk.free = body.length + RESERVE_BYTES - 1;
    await expect(receive(disk, staging)).rejects.toMatchObject({ problem: { code: 'STORAGE_FULL', status: 507 } });
    expect(await readdir(staging.folder)).toEqual([]);
  });

  it('is taken when it leaves the reserve free', async () => {
    const disk = new Disk(root);
    const staging = await disk.open();
    disk.free = body.length + RESERVE_BYTES;
    expect(await receive(disk, staging)).toMatchObject({ version: null, files: [{ name: 'model.onnx', size: 10 }] });
    expect(await readdir(staging.folder)).toEqual(['model.onnx']);
  });

  (hasFull ? it : it.skip)(
    `is refused as STORAGE_FULL when the disk fills up meanwhile${hasFull ? '' : ` [skipped: this machine has no ${FULL}]`}`,
    async () => {
      const disk = new FullDisk(root);
      await expect(receive(disk, await disk.open())).rejects.toMatchObject({
        problem: { code: 'STORAGE_FULL' },
        cause: { code: 'ENOSPC' },
      });
    },
  );

  it('that cannot be written for another reason is not called a full disk', async () => {
    await expect(receive(new Disk(root), { folder: join(root, 'absent') })).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
