import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSetupLock } from './lock.mjs';
import { root } from './paths.mjs';
import { require } from './run.mjs';

/** Brings node_modules to what package-lock.json says, unless it is there. */
export async function installMissing() {
  if (isInstalled()) return;
  await withSetupLock(async () => {
    if (isInstalled()) return;
    process.stderr.write('installing packages\n');
    const [command, ...args] = npm();
    // NODE_ENV=production would leave out the compiler.
    await require('npm ci', command, [...args, 'ci', '--include=dev'], { quiet: true });
  });
}

/**
 * npm keeps a record of what it unpacked. Its contents are compared, not its time: a checkout gives package-lock.json a new
 * time without a change.
 */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  const present = readPackages('node_modules/.package-lock.json');
  if (wanted === null) throw new Error('package-lock.json is missing or cannot be read');
  if (present === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = present[path];
    // Optional packages are those of other platforms.
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** npm run names its own program, so that an npm outside of PATH works too. */
function npm() {
  const path = process.env.npm_execpath ?? '';
  return path.endsWith('npm-cli.js') ? [process.execPath, path] : ['npm'];
}
