import { spawn } from 'node:child_process';
import { root } from './paths.mjs';

/**
 * Runs a command in the clone, its output going where ours goes, and its standard output too where `quiet` keeps ours free
 * for answers.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, quiet?: boolean }} [options]
 * @returns {Promise<number>} its exit code; 128 + signal number when a signal ended it, as shells say it
 */
export function run(command, args, { env = {}, quiet = false } = {}) {
  return new Promise((settle, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['inherit', quiet ? 2 : 'inherit', 'inherit'],
    });
    // A terminal sends Ctrl-C to the child as well; a service manager may send SIGTERM to us alone.
    const forward = (signal) => child.kill(signal);
    process.on('SIGTERM', forward);
    process.on('SIGINT', ignore);
    const done = () => {
      process.off('SIGTERM', forward);
      process.off('SIGINT', ignore);
    };
    child.on('error', (error) => {
      done();
      fail(error);
    });
    child.on('close', (code, signal) => {
      done();
      settle(code ?? 128 + (signals[signal] ?? 1));
    });
  });
}

const signals = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGTERM: 15 };
const ignore = () => undefined;

/** As `run`, for a step without which nothing after it makes sense. */
export async function require(what, command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) throw new SetupFailure(`${what} failed (exit code ${code})`);
}

/** Ends a script with this message alone: what went wrong has been printed already. */
class SetupFailure extends Error {}

/** Runs a script's main function; a number it returns is the exit code. */
export async function main(action) {
  try {
    const code = await action();
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    process.stderr.write(`${error instanceof SetupFailure ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}
