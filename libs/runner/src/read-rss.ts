import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';

/** Resident bytes of a process; null when it is gone or cannot be read. */
export async function readRss(pid: number): Promise<number | null> {
  return platform() === 'linux' ? readFromProc(pid) : readFromPs(pid);
}

function readFromProc(pid: number): number | null {
  try {
    // `statm` is shorter, but counts in pages, whose size node does not tell.
    const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line?.[1] === undefined ? null : Number(line[1]) * 1024;
  } catch {
    return null;
  }
}

async function readFromPs(pid: number): Promise<number | null> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(pid)], (error, stdout) => {
      const kibibytes = Number.parseInt(stdout, 10);
      resolve(error === null && Number.isFinite(kibibytes) ? kibibytes * 1024 : null);
    });
  });
}
