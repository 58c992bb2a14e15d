import { deliveryStates, RECENT_DELIVERIES, webhookEvents, type Webhook, type WebhookOverview } from '#webhooks';
import { z } from 'zod';

const moment = z.iso.datetime();

export const webhookRequestSchema = z
  .strictObject({
    url: z.string().min(1).max(2048).meta({ description: 'A public http or https address. Redirects are not followed.' }),
    events: z
      .array(z.enum(webhookEvents))
      .min(1)
      .max(webhookEvents.length)
      .refine((list) => new Set(list).size === list.length, 'names an event twice')
      .default([...webhookEvents])
      .meta({ description: 'What to be told of; everything where absent.' }),
  })
  .meta({ id: 'WebhookRequest' });

const webhookFields = {
  id: z.uuid(),
  url: z.string(),
  events: z.array(z.enum(webhookEvents)),
  state: z.enum(['ACTIVE', 'DISABLED']).meta({ description: 'DISABLED is for ever: delete it and make it anew.' }),
  disabledReason: z.string().nullable(),
  disabledAt: moment.nullable(),
  createdBy: z.string(),
  createdAt: moment,
};

export const newWebhookSchema = z
  .object({
    ...webhookFields,
    secret: z.string().meta({ description: 'Signs every message (Standard Webhooks). It is shown this once.' }),
  })
  .meta({ id: 'NewWebhook' });

const deliverySchema = z
  .object({
    id: z.uuid().meta({ description: 'Sent as webhook-id.' }),
    event: z.enum(webhookEvents),
    jobId: z.uuid(),
    state: z.enum(deliveryStates),
    attempts: z.int(),
    lastStatus: z.int().nullable().meta({ description: 'HTTP status of the last attempt; null when there was no answer.' }),
    lastError: z.string().nullable(),
    createdAt: moment,
    nextAttemptAt: moment.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

export const webhookSchema = z
  .object({
    ...webhookFields,
    deliveries: z.object({ pending: z.int(), delivered: z.int(), givenUp: z.int() }).meta({ description: 'Of the last seven days.' }),
    recent: z.array(deliverySchema).meta({ description: `Newest first, at most ${RECENT_DELIVERIES}.` }),
  })
  .meta({ id: 'Webhook' });

export type WebhookAnswer = z.output<typeof webhookSchema>;
export type NewWebhookAnswer = z.output<typeof newWebhookSchema>;

export function toNewWebhookAnswer({ secret, ...webhook }: Webhook & { readonly secret: string }): NewWebhookAnswer {
  return { ...toFields(webhook), secret };
}

export function toWebhookAnswer(webhook: WebhookOverview): WebhookAnswer {
  const { PENDING: pending, DELIVERED: delivered, GIVEN_UP: givenUp } = webhook.counts;
  return {
    ...toFields(webhook),
    deliveries: { pending, delivered, givenUp },
    recent: webhook.recent.map((one) => ({
      ...one,
      createdAt: one.createdAt.toISOString(),
      nextAttemptAt: one.nextAttemptAt?.toISOString() ?? null,
    })),
  };
}

function toFields(webhook: Webhook) {
  return {
    id: webhook.id,
    url: webhook.url,
    events: [...webhook.events],
    state: webhook.state,
    disabledReason: webhook.disabledReason,
    disabledAt: webhook.disabledAt?.toISOString() ?? null,
    createdBy: webhook.createdBy,
    createdAt: webhook.createdAt.toISOString(),
  };
}
