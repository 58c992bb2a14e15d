import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readSafetensors, type StoredTensor } from '#testing';

/** What `case.json` says, as far as it is read here. */
interface CaseFile {
  readonly task?: string;
  readonly expected: {
    readonly attention: 'answer' | 'refuse' | 'none';
    readonly gradient: 'answer' | 'refuse' | 'none';
    readonly refusedOperators: readonly string[];
  };
  readonly padTokenId?: number;
  /** Relative L2 error for each tensor that is compared. */
  readonly tolerance: Readonly<Record<string, number>>;
  /** Why rows have to be fed one at a time without their padding. */
  readonly oneRowAtATime?: string;
}

/** A folder with an exported model, inputs for it and what a reference gives for them. */
export interface ConformanceCase extends CaseFile {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Folders below `folder` that hold a case, by name. */
export async function listCases(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.name === 'case.json')
    .map((entry) => entry.parentPath)
    .sort();
}

export async function readCase(folder: string): Promise<ConformanceCase> {
  const file = JSON.parse(await readFile(join(folder, 'case.json'), 'utf8')) as CaseFile;
  const tensors = readSafetensors(new Uint8Array(await readFile(join(folder, 'case.safetensors'))).buffer);
  return { ...file, name: basename(folder), folder, tensors };
}
