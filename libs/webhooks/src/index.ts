export {
  deliveryStates,
  MAX_WEBHOOKS,
  RECENT_DELIVERIES,
  webhookEvents,
  type Delivery,
  type Webhook,
  type WebhookEvent,
  type WebhookOverview,
} from './webhook.js';
export { WebhookStore, type DeliveryClaim, type DeliveryOutcome, type NewWebhook, type Settlement } from './webhook-store.js';
export { WebhookDeliverer } from './webhook-deliverer.js';
export { WebhookSender, type ResolveName } from './webhook-sender.js';
export { Webhooks } from './webhooks.js';
