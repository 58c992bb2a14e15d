import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { generate, isGenerated } from './generate.mjs';
import { withSetupLock } from './lock.mjs';
import { root } from './paths.mjs';
import { require } from './run.mjs';
import { hashFiles, listFiles, readStamp, writeStamp } from './stamp.mjs';

const sources = ['apps', 'libs', 'test', 'bench'];
const stamp = 'dist/.stamp';

/** Whether dist/ holds what the sources say. */
function isBuilt() {
  return isGenerated() && readStamp(stamp) === hash();
}

/** Generates the database client and compiles the tree into dist/, unless both are up to date. */
export async function buildMissing() {
  if (isBuilt()) return;
  await withSetupLock(async () => {
    await generate();
    if (isBuilt()) return;
    process.stderr.write('building\n');
    rmSync(join(root, stamp), { force: true });
    const before = hash();
    await require('the build', process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { quiet: true });
    removeOrphans();
    // Of the sources as they were: a file saved while the compiler ran makes the next build.
    writeStamp(stamp, before);
  });
}

/** What was compiled from a source that is gone would still be found by an import or a glob. */
function removeOrphans() {
  const folders = sources.map((folder) => join('dist', folder));
  for (const path of listFiles(folders, (name) => /\.js(\.map)?$/.test(name))) {
    const source = path.slice('dist/'.length).replace(/\.js(\.map)?$/, '.ts');
    if (!existsSync(join(root, source))) rmSync(join(root, path));
  }
}

function hash() {
  const compiled = listFiles(sources, (name) => name.endsWith('.ts') && !/\.(spec|e2e)\.ts$/.test(name));
  return hashFiles([...compiled, 'tsconfig.json', 'tsconfig.build.json', 'package.json', 'package-lock.json']);
}
