import type { Principal } from '#access';
import type { PageCursor } from '#history';
import type { Webhook, WebhookEvent, WebhookOverview } from './webhook.js';

export interface NewWebhook {
  readonly id: string;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly wrappedSecret: Uint8Array<ArrayBuffer>;
}

/** The right to make one attempt, until its lease ends. */
export interface DeliveryClaim {
  readonly id: string;
  readonly tenant: string;
  /** Of this attempt, from 1: what is settled under another number is another process's. */
  readonly attempt: number;
  readonly event: WebhookEvent;
  readonly webhook: { readonly id: string; readonly url: string; readonly wrappedSecret: Uint8Array<ArrayBuffer> };
  readonly job: {
    readonly id: string;
    readonly state: string;
    readonly method: string;
    readonly modelName: string;
    readonly modelVersion: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly explanationId: string | null;
    readonly errorCode: string | null;
    readonly finishedAt: Date;
  };
}

/** What came of an attempt. */
export type DeliveryOutcome =
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'again'; readonly status: number | null; readonly error: string; readonly afterSeconds: number }
  /** `gone`: the receiver said that it wants nothing more, so that the webhook ends with it. */
  | { readonly kind: 'given-up'; readonly status: number | null; readonly error: string; readonly gone: boolean };

/** What settling changed. */
export interface Settlement {
  /** False when another process holds the delivery, or its webhook was deleted. */
  readonly settled: boolean;
  /** Whether the webhook was disabled by this. */
  readonly disabled: boolean;
}

/** Webhooks and their deliveries. Deliveries are written where jobs end, by the database itself. Implemented by persistence. */
export abstract class WebhookStore {
  /** One transaction: the webhook and its audit leaf. Null when the tenant has `MAX_WEBHOOKS` already. */
  abstract add(principal: Principal, webhook: NewWebhook, requestId: string): Promise<Webhook | null>;
  /** Newest first by (createdAt, id), strictly after the cursor. */
  abstract list(tenant: string, after: PageCursor | null, limit: number): Promise<readonly WebhookOverview[]>;
  /** Deletes a webhook and its deliveries, with an audit leaf. False when the tenant has no such webhook. */
  abstract remove(principal: Principal, id: string, requestId: string): Promise<boolean>;

  /** Takes at most one due delivery of each webhook that is not in `busy`, the longest due first. */
  abstract claimDue(busy: readonly string[], leaseSeconds: number, limit: number): Promise<readonly DeliveryClaim[]>;
  /**
   * A delivery given up disables its webhook when nothing reached it since the delivery was made; what else waits for it is
   * then given up too.
   */
  abstract settle(claim: DeliveryClaim, outcome: DeliveryOutcome): Promise<Settlement>;
  /** Deletes deliveries settled longer ago. */
  abstract forgetSettled(olderThanDays: number): Promise<number>;
}
