import { setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { RejectionReason, UploadedFiles, ValidationClaim, ValidationOutcome, ValidationStore } from '#catalog';
import { problemCatalog, type Clock, type Logger } from '#platform';
import { RunFailure, type ProbedModel, type Runner } from '#runner';

/** Runs of one version, crashes of a whole gateway included, before it is given up. */
const MAX_ATTEMPTS = 3;
const LEASE_SECONDS = 15;
const HEARTBEAT_MS = 5000;
const POLL_MS = 2000;
/** Seconds that every model has, and more for each gigabyte that must be read. */
const LEAST_SECONDS = 60;
const SECONDS_PER_GIGABYTE = 60;
/** Below explanations, which someone waits for. */
const NICENESS = 10;
/** After this long without work the process that waits for it is let go. */
const IDLE_MS = 10_000;

export interface ValidatorParts {
  readonly validations: ValidationStore;
  readonly files: UploadedFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly memoryLimitBytes: number;
  /** Opens a runner of its own: explanations never wait for a validation. */
  openRunner(): Runner;
}

/**
 * Validates uploaded models one at a time, each in a child process that reads, opens and runs it. The row is the task: it is
 * leased, so that a version outlives any crash and no version stays VALIDATING.
 */
export class ModelValidator {
  private runner: Runner | null = null;
  private loop: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();
  private wake: () => void = () => undefined;
  private idleSince = 0;

  constructor(private readonly parts: ValidatorParts) {}

  start(): void {
    this.loop = this.work();
  }

  /** A version was added: it need not wait for the next look. */
  nudge(): void {
    this.wake();
  }

  /** Gives back what is being validated. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.loop;
    await this.runner?.close();
  }

  private async work(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const busy = await this.round().catch((error: unknown) => {
        this.parts.logger.warn({ err: error }, 'a round of validations failed; the next one follows');
        return false;
      });
      if (busy) continue;
      await this.closeIdleRunner();
      await this.sleep();
    }
  }

  /** Validates the oldest waiting version. False when there is none. */
  private async round(): Promise<boolean> {
    const { validations, logger } = this.parts;
    await validations.rejectSpent(MAX_ATTEMPTS, {
      code: 'MODEL_CRASHED',
      detail: `its validation was started ${MAX_ATTEMPTS} times and never ended`,
    });
    const claim = await validations.claim(LEASE_SECONDS, MAX_ATTEMPTS);
    if (claim === null) return false;
    this.idleSince = 0;
    const lost = new AbortController();
    const heartbeat = setInterval(() => {
      validations.renew(claim, LEASE_SECONDS).then(
        (held) => {
          if (!held) lost.abort();
        },
        (error: unknown) => logger.warn({ err: error }, 'the lease of a validation could not be renewed'),
      );
    }, HEARTBEAT_MS);
    try {
      const outcome = await this.probe(claim, AbortSignal.any([lost.signal, this.stopping.signal]));
      await this.end(claim, outcome);
    } catch (error) {
      if (this.stopping.signal.aborted) await validations.release(claim);
      else if (!lost.signal.aborted) throw error;
    } finally {
      clearInterval(heartbeat);
    }
    return true;
  }

  /** @throws what is not the model's fault */
  private async probe(claim: ValidationClaim, signal: AbortSignal): Promise<ValidationOutcome> {
    const { files, clock, memoryLimitBytes } = this.parts;
    const gigabytes = claim.files.reduce((sum, { size }) => sum + size, 0) / 2 ** 30;
    const deadlineMs = (LEAST_SECONDS + SECONDS_PER_GIGABYTE * gigabytes) * 1000;
    this.runner ??= this.parts.openRunner();
    try {
      const probed = await this.runner.probe(
        { folder: files.locate(claim.location), name: claim.model, version: claim.version, uploaded: claim.files },
        { deadline: new Date(clock.now().getTime() + deadlineMs), memoryLimitBytes, signal, onStart: stepBack },
      );
      return accept(probed);
    } catch (error) {
      if (!(error instanceof RunFailure) || error.code === 'CANCELLED' || error.code === 'SHUTTING_DOWN') throw error;
      return { state: 'REJECTED', reasons: [explain(error)], sha256: null, files: null };
    }
  }

  private async end(claim: ValidationClaim, outcome: ValidationOutcome): Promise<void> {
    const { validations, files, logger } = this.parts;
    const written = await validations.end(claim, outcome);
    // A rejected model is not kept; one that was deleted meanwhile has gone with its row.
    if (written && outcome.state === 'REJECTED') await files.remove(claim.location);
    const facts = { model: claim.model, version: claim.version, state: outcome.state, written };
    logger.info(outcome.state === 'REJECTED' ? { ...facts, reasons: outcome.reasons } : facts, 'model validated');
  }

  private async closeIdleRunner(): Promise<void> {
    const now = this.parts.clock.now().getTime();
    this.idleSince ||= now;
    if (now - this.idleSince < IDLE_MS) return;
    const { runner } = this;
    this.runner = null;
    await runner?.close();
  }

  private async sleep(): Promise<void> {
    const woken = new AbortController();
    this.wake = () => woken.abort();
    if (this.stopping.signal.aborted) return;
    await pause(POLL_MS, undefined, { signal: woken.signal }).catch(() => undefined); // aborted: there is work, or an end
  }
}

function accept({ description, capabilities, files }: ProbedModel): ValidationOutcome {
  return { state: 'ACTIVE', description, capabilities, sha256: description.sha256, files };
}

function explain({ code, detail, remedy }: RunFailure): RejectionReason {
  return { code, detail, remedy: remedy ?? problemCatalog[code].remedy };
}

function stepBack(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    // It is gone already, or this system has no such thing.
  }
}
