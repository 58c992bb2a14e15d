import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const lookMs = 500;

/**
 * npm ends at a SIGTERM and does not pass it on. A service manager that signals the one process it has started would leave
 * this one running, so it ends itself, in order, once the npm that started it is gone.
 */
export function followNpm() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = findNpm();
  if (npm === null) return;
  setInterval(() => {
    if (!isAlive(npm)) process.kill(process.pid, 'SIGTERM');
  }, lookMs).unref();
}

/** The nearest npm above this process; a shell may stand between. */
function findNpm() {
  for (let { parent } = describe(process.pid), steps = 0; parent > 1 && steps < 4; steps++) {
    const above = describe(parent);
    if (/\bnpm(-cli\.js)?\b/.test(above.command)) return parent;
    parent = above.parent;
  }
  return null;
}

/** Parent and command line, from /proc or, where there is none, from ps. */
function describe(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' });
    const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(stdout ?? '') ?? [null, '0', ''];
    return { parent: Number(parent), command };
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
