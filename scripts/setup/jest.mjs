import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.mjs';

/** What a run of tests came to. `skipped` holds the name of each, `problems` what is wrong with the run itself. */
const reasonOf = /\[skipped: .+\]/;
const nothing = { passed: 0, failed: 0, skipped: [], problems: [] };

/**
 * Runs projects of jest.config.mjs, printing as jest prints.
 *
 * @param {readonly string[]} projects
 * @param {{ inBand?: boolean, env?: Record<string, string>, args?: readonly string[] }} [options] `args` go to jest: a
 * pattern of paths, `-t name`
 */
export async function runJest(projects, { inBand = false, env = {}, args = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-jest-'));
  const report = join(folder, 'report.json');
  try {
    const code = await run(
      process.execPath,
      [
        // As arguments, not in NODE_OPTIONS: processes that tests start are to run as users run them.
        ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
        ...['node_modules/jest/bin/jest.js', '--config=jest.config.mjs', '--json', `--outputFile=${report}`],
        ...['--selectProjects', ...projects],
        inBand ? '--runInBand' : '--maxWorkers=2',
        ...(args.length === 0 ? [] : ['--passWithNoTests', ...args]),
      ],
      { env, quiet: true },
    );
    return read(report, projects, code, args.length > 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function add(one, other) {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: [...one.skipped, ...other.skipped],
    problems: [...one.problems, ...other.problems],
  };
}

/** Prints why tests were skipped and the count as the last line. Returns the exit code. */
export function conclude({ passed, failed, skipped, problems }) {
  const all = [...problems];
  for (const name of skipped) {
    process.stdout.write(`skipped: ${name}\n`);
    if (!reasonOf.test(name)) all.push(`a skipped test gives no reason: put [skipped: why] into its name: ${name}`);
  }
  for (const problem of all) process.stdout.write(`problem: ${problem}\n`);
  const tail = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  process.stdout.write(`${passed} passed, ${failed} failed${tail}\n`);
  return failed === 0 && all.length === 0 ? 0 : 1;
}

function read(report, projects, code, isSelection) {
  const name = projects.join(', ');
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { ...nothing, problems: [`jest (${name}) ended with exit code ${code} before it had results`] };
  }
  const tests = result.testResults.flatMap((file) => file.assertionResults);
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  );
  const outcome = {
    passed: tests.filter(({ status }) => status === 'passed').length,
    // A file that could not be run, or failed outside of its tests, is one failure.
    failed: tests.filter(({ status }) => status === 'failed').length + broken.length,
    skipped: tests
      .filter(({ status }) => status === 'pending' || status === 'todo' || status === 'disabled')
      .map(({ fullName }) => fullName)
      .filter((test) => !isSelection || reasonOf.test(test)), // -t leaves the others pending
    problems: [],
  };
  if (code !== 0 && outcome.failed === 0) outcome.problems.push(`jest (${name}) ended with exit code ${code} although no test failed`);
  if (outcome.passed + outcome.failed === 0 && !isSelection) outcome.problems.push(`no test of ${name} ran`);
  return outcome;
}
