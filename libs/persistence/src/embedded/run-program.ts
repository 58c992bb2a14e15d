import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { EmbeddedPostgresProblem } from './embedded-postgres-problem.js';
import { programEnvironment } from './program-environment.js';
import type { ServerAccount } from './server-account.js';

/** Starts one of PostgreSQL's programs under `account`, in a session of its own: Ctrl-C in the terminal is not for it. */
export function launchProgram(account: ServerAccount, program: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const [command, ...rest] = [...account.prefix, program, ...args];
  if (command === undefined) throw new RangeError('a command needs a program');
  return spawn(command, rest, { ...account.spawnAs, env: programEnvironment, stdio, cwd: '/', detached: true });
}

/** Runs a program to its end. Rejects with what it said when it fails. */
export function runProgram(account: ServerAccount, program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = launchProgram(account, program, args, ['ignore', 'pipe', 'pipe']);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new EmbeddedPostgresProblem('START_FAILED', `${program} ended with ${signal ?? code}: ${said.trim()}`));
    });
  });
}
