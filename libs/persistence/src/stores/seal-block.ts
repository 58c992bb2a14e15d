import { constants, deflateRaw, inflateRawSync } from 'node:zlib';
import { promisify } from 'node:util';
import { readCanonicalRows, type DatasetBlock, type DatasetRow, type DatasetShape } from '#catalog';
import { seal, unseal, type SubjectKey } from '#history';

const deflate = promisify(deflateRaw);

/** A block as it rests in the database. */
export interface SealedBlock {
  readonly firstRow: number;
  readonly rows: number;
  /** Bytes of canonical rows. */
  readonly size: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly ciphertext: Uint8Array<ArrayBuffer>;
}

/** Compresses and seals a block; its version and place are bound, so that it opens nowhere else. */
export async function sealBlock(key: SubjectKey, versionId: string, firstRow: number, block: DatasetBlock): Promise<SealedBlock> {
  const packed = await deflate(block.bytes, { level: constants.Z_BEST_SPEED });
  const { nonce, ciphertext } = seal(key.dataKey, packed, blockContext(versionId, firstRow));
  return { firstRow, rows: block.rows, size: block.bytes.length, nonce, ciphertext };
}

/** The rows of a block from data set row `from` to before `to`, as far as it has them. */
export function openBlock(
  key: SubjectKey,
  block: SealedBlock & { readonly versionId: string },
  shape: DatasetShape,
  [from, to]: readonly [from: number, to: number],
): readonly DatasetRow[] {
  const packed = unseal(key.dataKey, block, blockContext(block.versionId, block.firstRow));
  const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(1, block.size) });
  return readCanonicalRows(bytes, shape, from - block.firstRow, to - block.firstRow);
}

function blockContext(versionId: string, firstRow: number): string {
  return `dataset:${versionId}:${firstRow}`;
}
