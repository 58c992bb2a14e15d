import { fork, type ChildProcess } from 'node:child_process';
import type { FromChild, Order } from './messages.js';
import { LastOutput } from './last-output.js';
import type { ChildSnapshot } from './runner.js';

export interface ChildEvents {
  onReady(child: PooledChild): void;
  onMessage(child: PooledChild, message: Exclude<FromChild, { kind: 'ready' }>): void;
  /** The process is gone and everything it sent has been delivered. Called once. */
  onGone(child: PooledChild): void;
}

export interface ForkOptions {
  /** Compiled entry of the child. */
  readonly entry: string;
  /** Working directory: empty, so that a relative name in a model finds nothing. */
  readonly folder: string;
  /** Megabytes of JavaScript heap. */
  readonly heapMb: number;
  /** Milliseconds until it must have said that it is ready. */
  readonly startMs: number;
}

/**
 * Has V8 collect early: a child then holds what its run needs and not what it dropped since, whatever the length of the run. Two
 * children hold 100 MB less so; what a run takes is spent in ONNX Runtime, not here.
 */
const closeHeap = ['--max-semi-space-size=4', '--heap-growing-percent=40'] as const;
const goneGraceMs = 1000;
const unkillableMs = 5000;

/** One child process and what the pool knows of it. */
export class PooledChild {
  readonly output = new LastOutput();
  state: ChildSnapshot['state'] = 'starting';
  runs = 0;
  rssBytes: number | null = null;
  /** It said so once. */
  ready = false;
  /** Keys of the models this process held open after its last order. */
  opened: ReadonlySet<string> = new Set();
  /** How it ended; null while it lives. */
  ending: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null = null;
  private readonly process: ChildProcess;
  private readonly startTimer: NodeJS.Timeout;
  private retired = false;
  private gone = false;

  constructor(
    options: ForkOptions,
    private readonly events: ChildEvents,
  ) {
    this.process = fork(options.entry, [String(process.pid)], {
      cwd: options.folder,
      env: {}, // no secret of this process may be within a model's reach
      execArgv: [`--max-old-space-size=${options.heapMb}`, ...closeHeap],
      serialization: 'advanced', // typed arrays and NaN arrive as they are
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.output.follow(this.process.stdout);
    this.output.follow(this.process.stderr);
    this.startTimer = setTimeout(() => this.kill(), options.startMs);
    this.process.on('message', (message: FromChild) => this.receive(message));
    this.process.on('error', () => {
      // It never started (no exit event follows), or a message could not be written (one does).
      if (this.process.pid === undefined) this.end(null, null);
    });
    this.process.on('exit', (code, signal) => {
      clearTimeout(this.startTimer);
      // A last answer may still lie in the channel: `close` comes after it. It must not be waited for without end.
      if (this.retired) this.end(code, signal);
      else setTimeout(() => this.end(code, signal), goneGraceMs).unref();
    });
    this.process.on('close', (code, signal) => this.end(code, signal));
  }

  /** 0 when the system could not start it. */
  get pid(): number {
    return this.process.pid ?? 0;
  }

  send(order: Order): void {
    // A failure to write means that the process is going: its end is reported, and with it the order's.
    this.process.send(order, () => undefined);
  }

  /** It was let go after its last run. */
  get isRetired(): boolean {
    return this.retired;
  }

  /** At once, also inside native code. */
  kill(): void {
    this.state = 'stopping';
    this.process.kill('SIGKILL');
    // A process stuck in the kernel cannot even be killed; its order must still end.
    setTimeout(() => this.end(null, 'SIGKILL'), unkillableMs).unref();
  }

  /** Lets an idle process end by itself, and kills it if it does not. */
  retire(): void {
    this.state = 'stopping';
    this.retired = true;
    if (this.process.connected) this.process.disconnect();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 2000);
    this.process.once('exit', () => clearTimeout(timer));
  }

  private receive(message: FromChild): void {
    if (message.kind !== 'ready') {
      this.events.onMessage(this, message);
      return;
    }
    clearTimeout(this.startTimer);
    if (this.state !== 'starting') return; // killed meanwhile
    this.ready = true;
    this.events.onReady(this);
  }

  private end(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.gone) return;
    this.gone = true;
    clearTimeout(this.startTimer);
    this.state = 'stopping';
    this.ending = { code, signal };
    this.events.onGone(this);
  }
}
