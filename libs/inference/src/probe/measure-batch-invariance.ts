import type { Answered, ProbeBench } from './probe-bench.js';

/**
 * Whether a row's answer has the same bits whatever stands beside it: each row alone is compared with the same row
 * among 2, among 8, among all, and in a batch as large as predictions make them.
 */
export async function measureBatchInvariance(bench: ProbeBench, { rows, scores }: Answered): Promise<boolean> {
  const { outputs } = bench;
  const places = rows.map((_, place) => place);
  const full = Array.from({ length: Math.max(bench.largest, rows.length) }, (_, index) => index % rows.length);
  for (const company of [...chunk(places, 2), ...chunk(places, 8), places, full].flatMap((one) => chunk(one, bench.most))) {
    const together = await bench.run(company.map((place) => rows[place] ?? 0));
    for (const [index, place] of company.entries()) {
      for (let output = 0; output < outputs; output++) {
        if (!Object.is(together[index * outputs + output], scores[place * outputs + output])) return false;
      }
    }
  }
  return true;
}

function chunk(places: readonly number[], size: number): readonly (readonly number[])[] {
  if (size >= places.length) return [places];
  return Array.from({ length: Math.ceil(places.length / size) }, (_, index) => places.slice(index * size, (index + 1) * size));
}
