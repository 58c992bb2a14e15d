import type { Principal } from '#access';
import type { KeyRing } from '#history';
import { ProblemError, refuseField } from '#platform';
import { uuidv7 } from 'uuidv7';
import { refuseAddress } from './check-address.js';
import { mintWebhookSecret } from './sign-delivery.js';
import { MAX_WEBHOOKS, type Webhook, type WebhookEvent } from './webhook.js';
import type { WebhookStore } from './webhook-store.js';

/** Associated data of a wrapped secret: it opens for its own webhook alone. */
export const secretContext = (webhookId: string) => `webhook:${webhookId}`;

/** Makes webhooks; everything else the store does. */
export class Webhooks {
  constructor(
    readonly store: WebhookStore,
    private readonly keys: KeyRing,
    /** VITRINE_WEBHOOK_ALLOW. */
    private readonly exempt: readonly string[],
  ) {}

  /** @returns the webhook and its secret, which is not shown again. @throws ProblemError WEBHOOK_URL_REFUSED or CONFLICT */
  async create(
    principal: Principal,
    url: string,
    events: readonly WebhookEvent[],
    requestId: string,
  ): Promise<Webhook & { readonly secret: string }> {
    const refusal = refuseAddress(url, this.exempt);
    if (refusal !== null) throw refuseField('WEBHOOK_URL_REFUSED', '/url', `url ${refusal}`);
    const id = uuidv7();
    const { secret, key } = mintWebhookSecret();
    const wrappedSecret = await this.keys.wrapSecret(principal.tenant, principal.actor, key, secretContext(id));
    // As it will be called, not as it was written.
    const address = new URL(url).href;
    const webhook = await this.store.add(principal, { id, url: address, events, wrappedSecret }, requestId);
    if (webhook === null)
      throw new ProblemError('CONFLICT', {
        detail: `there are ${MAX_WEBHOOKS} webhooks already`,
        remedy: 'Delete one that is no longer needed.',
      });
    return { ...webhook, secret };
  }
}
