import { readFile } from 'node:fs/promises';
import { compareNumbers, type Comparison } from './comparison.js';
import { readRows, type Explain } from './exact-shap.js';

interface KernelReference {
  readonly model: string;
  readonly tolerance: { readonly absolute: number };
  readonly entries: readonly {
    readonly name: string;
    readonly deterministic: boolean;
    readonly target: { readonly class: number; readonly space: string };
    readonly rows: readonly number[];
    readonly values: readonly (readonly number[])[];
  }[];
}

const SPACES: Readonly<Record<string, string>> = { probability: 'probability', 'logit of the mean probability': 'link-of-mean' };

/**
 * kernel-shap with every coalition against the reference's entries that enumerate them all. The sampled ones drew with
 * another generator: nothing but chance could make them equal.
 */
export async function compareKernelShap(explain: Explain, referenceFile: string, modelFolder: string): Promise<Comparison[]> {
  const reference = JSON.parse(await readFile(referenceFile, 'utf8')) as KernelReference;
  const rows = await readRows(modelFolder);
  const comparisons: Comparison[] = [];
  for (const entry of reference.entries.filter((one) => one.deterministic))
    for (const [index, row] of entry.rows.entries()) {
      const features = rows[row] ?? {};
      const explanation = await explain({
        method: 'kernel-shap',
        model: { name: reference.model },
        input: { features },
        targets: [{ class: entry.target.class, space: SPACES[entry.target.space] }],
        params: { budget: 2 ** Object.keys(features).length },
        seed: 1,
      });
      const [attributions = []] = explanation['attributions'] as number[][];
      comparisons.push(
        compareNumbers(
          `kernel-shap ${reference.model} ${entry.name} row ${row}`,
          attributions,
          entry.values[index] ?? [],
          reference.tolerance.absolute,
        ),
      );
    }
  return comparisons;
}
