import type { Clock, Logger } from '#platform';
import type { Leadership } from '../store/notices.js';
import { UPKEEP_DUTY } from '../upkeep/outbox-relay.js';
import type { Eraser } from './eraser.js';
import type { OpenRun, RetentionStore } from './retention-store.js';

const PAUSE_MS = 5000;
const STEP = 500;
/** Explanations looked at for one tenant before the next tenant has its turn. */
const STEPS_A_ROUND = 20;
/** A pass begins when the last one began this long ago, or before the policy was changed. */
const HOURS_BETWEEN_RUNS = 1;

/**
 * Applies the policies of all tenants: passes over each history, oldest first, in small steps. How far a pass has come is
 * kept, so that another process goes on from there. Runs in the leading gateway.
 */
export class RetentionDuty {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly store: RetentionStore,
    private readonly eraser: Eraser,
    private readonly leadership: Leadership,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setTimeout(() => {
      this.current = this.round().finally(() => {
        if (!this.stopped) this.start();
      });
    }, PAUSE_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  /** A turn for every tenant with a policy. */
  async apply(): Promise<void> {
    for (const tenant of await this.store.listTenants()) await this.applyTo(tenant);
  }

  private async applyTo(tenant: string): Promise<void> {
    const policy = await this.store.findPolicy(tenant);
    if (policy === null) return;
    const now = this.clock.now();
    const last = await this.store.findRun(tenant);
    const isFresh = last !== null && last.startedAt >= policy.updatedAt;
    if (isFresh && last.finishedAt !== null && now.getTime() - last.startedAt.getTime() < HOURS_BETWEEN_RUNS * 3_600_000) return;
    let run: OpenRun =
      isFresh && last.finishedAt === null
        ? last
        : { startedAt: now, finishedAt: null, examined: 0, erased: 0, freedBytes: 0, reached: null };
    for (let step = 0; step < STEPS_A_ROUND && run.finishedAt === null && !this.stopped; step++) {
      const { due, examined, reached } = await this.store.findDue(tenant, policy, now, run.reached, STEP);
      let { erased, freedBytes } = run;
      for (const id of due) {
        const outcome = await this.eraser.eraseByRetention(tenant, id);
        if (outcome.kind !== 'erased') continue;
        erased += 1;
        freedBytes += outcome.facts.freedBytes;
      }
      run = {
        ...run,
        erased,
        freedBytes,
        examined: run.examined + examined,
        reached,
        finishedAt: examined < STEP ? this.clock.now() : null,
      };
      await this.store.saveRun(tenant, run);
    }
    if (run.finishedAt !== null && run.erased > 0)
      this.logger.info({ tenant, examined: run.examined, erased: run.erased, freedBytes: run.freedBytes }, 'retention applied');
  }

  private async round(): Promise<void> {
    try {
      if (await this.leadership.holds(UPKEEP_DUTY)) await this.apply();
    } catch (error) {
      this.logger.warn({ err: error }, 'a round of retention failed; the next one follows');
    }
  }
}
