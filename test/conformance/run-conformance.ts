import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compareAttention } from './compare/attention.js';
import { compareGates } from './compare/gates.js';
import { compareGradient } from './compare/gradient.js';
import { compareMeasured } from './compare/measured.js';
import { compareLowering } from './compare/lowering.js';
import type { CaseOutcome } from './compare/outcome.js';
import { compareScores } from './compare/scores.js';
import { compareStraightThrough } from './compare/straight-through.js';
import { listCases, readCase, type ConformanceCase } from './conformance-case.js';

/** What can be compared, by the name that `--only` takes. */
const comparisons: Readonly<Record<string, (one: ConformanceCase) => Promise<CaseOutcome>>> = {
  attention: compareAttention,
  gates: compareGates,
  gradient: compareGradient,
  measured: compareMeasured,
  lowering: compareLowering,
  scores: compareScores,
  'straight-through': compareStraightThrough,
};

/** Every case below `folder`, a line each. Returns the exit code: 1 where one fails, or none is there. */
async function main(folder: string, names: readonly string[]): Promise<number> {
  const folders = await listCases(resolve(folder));
  let failures = 0;
  for (const path of folders) {
    const one = await readCase(path);
    for (const name of names) {
      const { ok, note } = await run(one, name);
      if (!ok) failures++;
      process.stdout.write(`${ok ? 'ok  ' : 'FAIL'}  ${relative(resolve(folder), path) || one.name}  ${name}  ${note}\n`);
    }
  }
  process.stdout.write(`${folders.length} cases, ${failures} failures\n`);
  return failures === 0 && folders.length > 0 ? 0 : 1;
}

async function run(one: ConformanceCase, name: string): Promise<CaseOutcome> {
  try {
    return (await comparisons[name]?.(one)) ?? { ok: false, note: 'there is no such comparison' };
  } catch (error) {
    return { ok: false, note: error instanceof Error ? error.message : String(error) };
  }
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } });
const [folder] = positionals;
const known = Object.keys(comparisons);
if (folder === undefined || (values.only !== undefined && !known.includes(values.only))) {
  process.stderr.write(`usage: npm run conformance -- DIR [--only ${known.join('|')}]\n`);
  process.exit(2);
}
process.exit(await main(folder, values.only === undefined ? known : [values.only]));
