import type { Operation } from '../http/operation.js';
import { noQuery } from '../http/query/no-query.js';
import { onePage } from '../http/query/one-page.js';
import { pageQuery } from '../http/query/page-query.js';
import { pageSchema } from '../http/query/page-schema.js';
import { newWebhookSchema, webhookRequestSchema, webhookSchema } from './webhook-answers.js';

const tag = 'access';
const scope = 'admin';

export const createWebhookOperation: Operation = {
  id: 'createWebhook',
  method: 'POST',
  route: '/v1/webhooks',
  tag,
  scope,
  query: noQuery,
  summary: 'Be told when jobs end',
  about:
    'Each job of the tenant that ends is told once or more, signed after Standard Webhooks (`webhook-id`, `webhook-timestamp`, `webhook-signature`). ' +
    'What is not answered with 2xx within ten seconds is tried again for about a day. The message names the job and holds no results.',
  body: { schema: webhookRequestSchema },
  answers: { 201: { about: 'The webhook, with its secret.', schema: newWebhookSchema, headers: { Location: 'The list of webhooks.' } } },
  problems: ['WEBHOOK_URL_REFUSED', 'CONFLICT'],
};

export const listWebhooksOperation: Operation = {
  id: 'listWebhooks',
  method: 'GET',
  route: '/v1/webhooks',
  tag,
  scope,
  query: pageQuery,
  summary: 'The webhooks and how their deliveries went, newest first',
  answers: onePage(pageSchema('WebhookPage', webhookSchema)),
};

export const deleteWebhookOperation: Operation = {
  id: 'deleteWebhook',
  method: 'DELETE',
  route: '/v1/webhooks/:id',
  tag,
  scope,
  query: noQuery,
  summary: 'Delete a webhook',
  about: 'With its deliveries. One that is under way may still arrive.',
  path: { id: 'Id of the webhook.' },
  answers: { 204: { about: 'The webhook is gone.' } },
  problems: ['NOT_FOUND'],
};
