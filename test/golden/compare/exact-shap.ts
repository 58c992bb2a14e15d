import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareNumbers, type Comparison } from './comparison.js';

/** Runs a request to its stored explanation. */
export type Explain = (request: unknown) => Promise<Record<string, unknown>>;

interface TabularReference {
  readonly model: string;
  readonly tolerance: { readonly absolute: Readonly<Record<string, number>> };
  readonly entries: readonly {
    readonly name: string;
    readonly target: { readonly class: number };
    readonly rows: readonly number[];
    readonly baseScore: number;
    readonly outputs: readonly number[];
    readonly values: readonly (readonly number[])[];
  }[];
}

interface TextReference {
  readonly tolerance: { readonly abs: number };
  readonly cases: readonly {
    readonly text: string;
    readonly players: readonly (readonly [number, number])[];
    readonly masker: string;
    readonly target: { readonly class: string; readonly space: string };
    readonly score: number;
    readonly baseScore: number;
    readonly attributions: readonly number[];
  }[];
}

/** exact-shap of a tabular model against an exact-shapley.json, row by row, all its targets from the same evaluations. */
export async function compareTabularExactShap(explain: Explain, referenceFile: string, modelFolder: string): Promise<Comparison[]> {
  const reference = JSON.parse(await readFile(referenceFile, 'utf8')) as TabularReference;
  const rows = await readRows(modelFolder);
  const comparisons: Comparison[] = [];
  for (const row of reference.entries[0]?.rows ?? []) {
    const explanation = await explain({
      method: 'exact-shap',
      model: { name: reference.model },
      input: { features: rows[row] },
      targets: reference.entries.map((entry) => ({ class: entry.target.class, space: entry.name })),
      seed: 1,
      deadlineSeconds: 900,
    });
    reference.entries.forEach((entry, index) => {
      const target = (explanation['targets'] as { score: number; baseScore: number }[])[index];
      const attributions = (explanation['attributions'] as number[][])[index] ?? [];
      const expected = entry.values[entry.rows.indexOf(row)] ?? [];
      comparisons.push(
        compareNumbers(
          `exact-shap ${reference.model} row ${row} ${entry.name}`,
          [...attributions, target?.baseScore ?? NaN, target?.score ?? NaN],
          [...expected, entry.baseScore, entry.outputs[entry.rows.indexOf(row)] ?? NaN],
          reference.tolerance.absolute[entry.name] ?? 0,
        ),
      );
    });
  }
  return comparisons;
}

/** exact-shap over words against sst2-minilm/exact-shap.json: players, scores and attributions. */
export async function compareTextExactShap(explain: Explain, referenceFile: string): Promise<Comparison[]> {
  const reference = JSON.parse(await readFile(referenceFile, 'utf8')) as TextReference;
  const comparisons: Comparison[] = [];
  for (const one of reference.cases) {
    const explanation = await explain({
      method: 'exact-shap',
      model: { name: 'sst2-minilm' },
      input: { text: one.text },
      target: one.target,
      params: { players: 'words', masker: one.masker },
      seed: 1,
    });
    const codePoints = [...one.text];
    const spans = one.players.map(([from, to]) => [codePoints.slice(0, from).join('').length, codePoints.slice(0, to).join('').length]);
    const features = explanation['features'] as { span: [number, number] }[];
    const [target] = explanation['targets'] as { score: number; baseScore: number }[];
    const [attributions = []] = explanation['attributions'] as number[][];
    const what = `exact-shap sst2-minilm ${one.masker} ${one.target.space} ${JSON.stringify(one.text)}`;
    comparisons.push(
      compareNumbers(
        `${what} players`,
        features.flatMap((feature) => feature.span),
        spans.flat(),
        0,
      ),
      compareNumbers(
        what,
        [...attributions, target?.score ?? NaN, target?.baseScore ?? NaN],
        [...one.attributions, one.score, one.baseScore],
        reference.tolerance.abs,
      ),
    );
  }
  return comparisons;
}

/** Rows of a model folder as requests carry them. */
export async function readRows(modelFolder: string): Promise<Record<string, string | number>[]> {
  return parseRows(await readFile(join(modelFolder, 'rows.csv'), 'utf8'));
}

// The files of models have neither quotes nor commas in their cells; their last column is the label.
/** Rows of a CSV file of a model as requests carry them. */
export function parseRows(text: string): Record<string, string | number>[] {
  const [header = '', ...lines] = text.trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.flatMap((name, index) => (name === 'label' ? [] : [[name, parseCell(cells[index] ?? '')]])));
  });
}

function parseCell(cell: string): string | number {
  return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(cell) ? Number(cell) : cell;
}
