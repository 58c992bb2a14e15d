import { join } from 'node:path';
import { generateMissing } from './setup/generate.mjs';
import { installMissing } from './setup/install.mjs';
import { root } from './setup/paths.mjs';
import { main, run } from './setup/run.mjs';

const tool = (path) => join(root, 'node_modules', path);

/** Everything that can be said about the tree without running it. `npm run check -- lint` runs one of them. */
const checks = [
  ['format', tool('prettier/bin/prettier.cjs'), ['--check', '--log-level=warn', '.']],
  ['lint', tool('eslint/bin/eslint.js'), ['--max-warnings=0', '.']],
  ['types', tool('typescript/bin/tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['types of the pure rooms', tool('typescript/bin/tsc'), ['-p', 'tsconfig.pure.json']],
  [
    'import rules',
    tool('dependency-cruiser/bin/dependency-cruise.mjs'),
    ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test', 'bench'],
  ],
  ['unused code', tool('knip/bin/knip.js'), ['--no-progress']],
];

await main(async () => {
  await installMissing();
  await generateMissing();
  const wanted = process.argv.slice(2).join(' ');
  const failed = [];
  for (const [name, program, args] of checks.filter(([name]) => wanted === '' || name === wanted)) {
    process.stdout.write(`${name}\n`);
    if ((await run(process.execPath, [program, ...args])) !== 0) failed.push(name);
  }
  process.stdout.write(failed.length === 0 ? 'all checks passed\n' : `failed: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
});
