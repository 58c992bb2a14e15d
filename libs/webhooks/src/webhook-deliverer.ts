import { setMaxListeners } from 'node:events';
import type { KeyRing } from '#history';
import type { Leadership } from '#jobs';
import type { Clock, Logger } from '#platform';
import { deliveryBody } from './delivery-body.js';
import { MAX_ATTEMPTS, retryDelaySeconds } from './retry-delay.js';
import { signDelivery } from './sign-delivery.js';
import type { DeliveryClaim, DeliveryOutcome, WebhookStore } from './webhook-store.js';
import type { SendResult, WebhookSender } from './webhook-sender.js';
import { secretContext } from './webhooks.js';

const DUTY = 'webhooks';
const POLL_MS = 1000;
/** Longer than the slowest attempt. What a process left behind is tried again after it. */
const LEASE_SECONDS = 30;
const MOST_AT_ONCE = 32;
/** So that a receiver that hangs does not hold up the others. */
const MOST_PER_WEBHOOK = 4;
const KEPT_DAYS = 7;
const TIDY_MS = 600_000;
const GONE = 410;

export interface DelivererParts {
  readonly store: WebhookStore;
  readonly keys: KeyRing;
  readonly sender: WebhookSender;
  readonly leadership: Leadership;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly chance: () => number;
  readonly logger: Logger;
}

/**
 * Tells webhooks that jobs ended, at least once. Runs in every gateway; the leader does the work. A delivery is claimed with a
 * lease, so that a process that dies in the middle of one leaves it to the next.
 */
export class WebhookDeliverer {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | null = null;
  private readonly underWay = new Map<Promise<void>, string>();
  private readonly stopping = new AbortController();
  private started = false;
  private tidiedAt = 0;
  private failing = false;

  constructor(private readonly parts: DelivererParts) {
    setMaxListeners(MOST_AT_ONCE, this.stopping.signal); // one for each attempt under way
  }

  start(): void {
    this.started = true;
    this.wake();
  }

  /** Breaks off what is under way; it is tried again once its lease has ended. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.round;
    await Promise.allSettled(this.underWay.keys());
  }

  /** Makes every attempt that is due; resolves when there is none left. */
  async deliverDue(): Promise<void> {
    do {
      await Promise.allSettled(this.underWay.keys());
      await this.begin();
    } while (this.underWay.size > 0);
  }

  private wake(): void {
    if (!this.started || this.stopping.signal.aborted || this.round !== null) return;
    clearTimeout(this.timer);
    this.round = this.lead().finally(() => {
      this.round = null;
      if (!this.stopping.signal.aborted) this.timer = setTimeout(() => this.wake(), POLL_MS);
    });
  }

  private async lead(): Promise<void> {
    try {
      if (!(await this.parts.leadership.holds(DUTY))) return;
      await this.begin();
      await this.tidy();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.parts.logger.warn({ err: error }, 'webhooks wait: the database is not available');
      this.failing = true;
    }
  }

  private async begin(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const room = MOST_AT_ONCE - this.underWay.size;
      if (room <= 0) return;
      const claims = await this.parts.store.claimDue(this.busy(), LEASE_SECONDS, room);
      if (claims.length === 0) return;
      for (const claim of claims) this.follow(claim);
    }
  }

  private busy(): string[] {
    const counts = new Map<string, number>();
    for (const webhook of this.underWay.values()) counts.set(webhook, (counts.get(webhook) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= MOST_PER_WEBHOOK).map(([webhook]) => webhook);
  }

  private follow(claim: DeliveryClaim): void {
    const attempt = this.attempt(claim)
      .catch((error: unknown) => {
        this.parts.logger.warn({ err: error, deliveryId: claim.id }, 'a delivery could not be settled; it is tried again');
      })
      .finally(() => {
        this.underWay.delete(attempt);
        this.wake();
      });
    this.underWay.set(attempt, claim.webhook.id);
  }

  private async attempt(claim: DeliveryClaim): Promise<void> {
    const { store, keys, sender, clock, logger } = this.parts;
    const { id, tenant, webhook } = claim;
    const key = await keys.openSecret(tenant, webhook.wrappedSecret, secretContext(webhook.id));
    const body = deliveryBody(claim);
    const headers = signDelivery(key, id, Math.floor(clock.now().getTime() / 1000), body);
    const result = await sender.send(webhook.url, headers, body, this.stopping.signal);
    if (result.status === null && this.stopping.signal.aborted) return; // broken off by us: its lease ends, and another attempt follows
    const outcome = this.judge(claim, result);
    const { disabled } = await store.settle(claim, outcome);
    logger.debug(
      { deliveryId: id, webhookId: webhook.id, attempt: claim.attempt, outcome: outcome.kind, status: result.status },
      'webhook told',
    );
    if (disabled) logger.warn({ webhookId: webhook.id, tenant, reason: result.error }, 'a webhook was disabled');
  }

  private judge({ attempt }: DeliveryClaim, { status, error }: SendResult): DeliveryOutcome {
    if (error === null && status !== null) return { kind: 'delivered', status };
    const told = error ?? 'no answer';
    if (status === GONE || attempt >= MAX_ATTEMPTS) return { kind: 'given-up', status, error: told, gone: status === GONE };
    return { kind: 'again', status, error: told, afterSeconds: retryDelaySeconds(attempt, this.parts.chance()) };
  }

  private async tidy(): Promise<void> {
    const now = this.parts.clock.now().getTime();
    if (now - this.tidiedAt < TIDY_MS) return;
    this.tidiedAt = now;
    await this.parts.store.forgetSettled(KEPT_DAYS);
  }
}
