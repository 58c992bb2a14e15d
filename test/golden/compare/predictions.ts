import { readFile } from 'node:fs/promises';
import type { TextModel } from '#explainers';
import { compareNumbers, type Comparison } from './comparison.js';

interface PredictionReference {
  readonly rows: readonly {
    readonly text: string;
    readonly ids: readonly number[];
    readonly offsetsCodePoints: readonly (readonly [number, number])[];
    readonly logits: readonly number[];
  }[];
}

/** Float32 logits of another runtime. */
const LOGIT_TOLERANCE = 2e-5;

/** Token ids, UTF-16 offsets and logits of every text of predictions.json, the nasty strings among them. */
export async function comparePredictions(referenceFile: string, model: TextModel): Promise<Comparison[]> {
  const reference = JSON.parse(await readFile(referenceFile, 'utf8')) as PredictionReference;
  const comparisons: Comparison[] = [];
  for (const row of reference.rows) {
    const codePoints = [...row.text];
    const toUtf16 = (index: number) => codePoints.slice(0, index).join('').length;
    const encoding = model.encode(row.text);
    const what = `sst2-minilm ${JSON.stringify(row.text)}`;
    comparisons.push(
      compareNumbers(`${what} ids`, encoding.ids, row.ids, 0),
      compareNumbers(`${what} offsets`, encoding.offsets.flat(), row.offsetsCodePoints.flat().map(toUtf16), 0),
      compareNumbers(`${what} logits`, await model.predict([encoding.ids]), row.logits, LOGIT_TOLERANCE),
    );
  }
  return comparisons;
}
