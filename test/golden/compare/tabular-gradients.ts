import { readFile } from 'node:fs/promises';
import { compareNumbers, type Comparison } from './comparison.js';
import { readRows, type Explain } from './exact-shap.js';

interface Reference {
  readonly tolerance: { readonly absolute: number };
  readonly entries: readonly {
    readonly name: string;
    readonly target: { readonly class: number };
    readonly rows: readonly number[];
    readonly values: readonly (readonly number[])[];
  }[];
}

const requests: Readonly<Record<string, { readonly method: string; readonly params: object }>> = {
  'integrated-gradients': { method: 'integrated-gradients', params: { steps: 50, maxSteps: 50 } },
  'integrated-gradients-200': { method: 'integrated-gradients', params: { steps: 200, maxSteps: 200 } },
  saliency: { method: 'saliency', params: { reduce: 'sum' } },
};

/** Integrated gradients and saliency of the rows of a tabular model. */
export async function compareTabularGradients(
  explain: Explain,
  referenceFile: string,
  modelFolder: string,
): Promise<readonly Comparison[]> {
  const { tolerance, entries } = JSON.parse(await readFile(referenceFile, 'utf8')) as Reference;
  const rows = await readRows(modelFolder);
  const comparisons: Comparison[] = [];
  for (const { name, target, rows: places, values } of entries) {
    const request = requests[name];
    if (request === undefined) continue;
    for (const [at, place] of places.entries()) {
      const output = await explain({
        ...request,
        input: { features: rows[place] ?? {} },
        target: { class: target.class, space: 'logit' },
        seed: 1,
      });
      const [own = []] = output['attributions'] as readonly (readonly number[])[];
      comparisons.push(compareNumbers(`${name} of row ${place}`, own, values[at] ?? [], tolerance.absolute));
    }
  }
  return comparisons;
}
