import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './paths.mjs';

const path = join(root, 'dist', '.setup.lock');

/** No installation and no build takes this long. */
const longest = 15 * 60_000;

/** Two commands started at once in one clone must not install or build into each other. */
export async function withSetupLock(action) {
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (let told = false; !tryLock(); await pause(200)) {
    if (!told) process.stderr.write('waiting for another command that installs or builds in this folder\n');
    told = true;
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await action();
  } finally {
    process.off('exit', release);
    release();
  }
}

function tryLock() {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isHeld()) return false;
    rmSync(path, { force: true });
    return false;
  }
}

/** A process that was killed leaves the file behind, and its number may have gone to another since. */
function isHeld() {
  try {
    if (Date.now() - statSync(path).mtimeMs > longest) return false;
    const id = Number(readFileSync(path, 'utf8'));
    if (!(id > 0)) return true; // being written at this moment
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
