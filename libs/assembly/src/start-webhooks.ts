import type { Shutdown } from '#platform';
import { WebhookDeliverer, WebhookSender } from '#webhooks';
import type { Core } from './assemble-core.js';

/** Tells webhooks that jobs ended: every gateway carries it, the leading one works. */
export function startWebhooks(core: Core, shutdown: Shutdown): void {
  const { webhooks: store, keys, leadership, clock, logger } = core;
  const sender = new WebhookSender(core.config.webhookAllow);
  const deliverer = new WebhookDeliverer({ store, keys, sender, leadership, clock, logger, chance: Math.random });
  shutdown.register('close', 'webhooks', () => deliverer.stop());
  deliverer.start();
}
