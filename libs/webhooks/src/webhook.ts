/** What a webhook can be told of. Closed. */
export const webhookEvents = ['job.succeeded', 'job.failed', 'job.cancelled', 'job.expired'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** An address that is told when jobs of its tenant end. */
export interface Webhook {
  readonly id: string;
  readonly tenant: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly state: 'ACTIVE' | 'DISABLED';
  /** Why nothing is sent there any more; null while ACTIVE. */
  readonly disabledReason: string | null;
  readonly disabledAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export const deliveryStates = ['PENDING', 'DELIVERED', 'GIVEN_UP'] as const;

/** One telling: repeated until it is answered with 2xx, or given up. */
export interface Delivery {
  readonly id: string;
  readonly event: WebhookEvent;
  readonly jobId: string;
  readonly state: (typeof deliveryStates)[number];
  /** Attempts so far. */
  readonly attempts: number;
  /** HTTP status of the last attempt; null when there was no answer. */
  readonly lastStatus: number | null;
  /** Why the last attempt failed; null when it did not. */
  readonly lastError: string | null;
  readonly createdAt: Date;
  /** When it is tried next; null once settled. */
  readonly nextAttemptAt: Date | null;
}

/** A webhook and how its deliveries went. */
export interface WebhookOverview extends Webhook {
  readonly counts: Readonly<Record<(typeof deliveryStates)[number], number>>;
  /** Newest first, at most `RECENT_DELIVERIES`. */
  readonly recent: readonly Delivery[];
}

export const RECENT_DELIVERIES = 20;
/** Webhooks of one tenant: each costs a delivery for every job that ends. */
export const MAX_WEBHOOKS = 20;
