import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
  /** Path of the golden file that has the tensors, without its ending, from the folder that holds conformance/; left out where the case has its own. */
  readonly golden?: string;
  /** Name of the value that Grad-CAM reads. */
  readonly featureMap?: string;
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
  const path = file.golden === undefined ? join(folder, 'case.safetensors') : join(findRoot(folder), `${file.golden}.safetensors`);
  const tensors = readSafetensors(new Uint8Array(await readFile(path)).buffer);
  return { ...file, name: basename(folder), folder, tensors };
}

/** The folder that holds conformance/. */
export function findRoot(folder: string): string {
  const parent = dirname(folder);
  return basename(folder) === 'conformance' || parent === folder ? parent : findRoot(parent);
}
