import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

// Reads `+id` and `-id`. When the test process is gone, however it went, its pipe ends: then what is left is asked to end, and made to.
const SCRIPT = `
  ids=' '
  while read -r line; do
    id="\${line#?}"
    case "$line" in
      +*) ids="$ids$id " ;;
      -*) before="\${ids%% $id *}"; [ "$before" = "$ids" ] || ids="$before \${ids#* $id }" ;;
    esac
  done
  [ "$ids" = ' ' ] && exit
  kill -CONT $ids; kill -TERM $ids
  sleep 10
  kill -KILL $ids`;

let guard: ChildProcess | null = null;

/**
 * Makes a process end with this one, also when this one is killed.
 *
 * @returns takes the process off the list: to be called when it has ended, because its id may then be another's
 */
export function endWithThis(id: number): () => void {
  if (guard === null) {
    // A group of its own: whoever kills the group of the tests must not kill what cleans up after them.
    guard = spawn('sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    guard.unref();
    (guard.stdin as Socket).unref();
  }
  const { stdin } = guard;
  stdin?.write(`+${id}\n`);
  return () => stdin?.write(`-${id}\n`);
}
