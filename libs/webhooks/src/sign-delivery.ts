import { createHmac, randomBytes } from 'node:crypto';

const START = 'whsec_';
const SECRET_BYTES = 32;

/** A secret as Standard Webhooks writes it: `whsec_` and base64 of 24 to 64 bytes, here 32. */
export function mintWebhookSecret(): { readonly secret: string; readonly key: Uint8Array } {
  const key = new Uint8Array(randomBytes(SECRET_BYTES));
  return { secret: START + Buffer.from(key).toString('base64'), key };
}

/**
 * The headers that let a receiver know who sent a message and when (Standard Webhooks 1.0.0): HMAC-SHA256 over
 * `id.timestamp.body` under the secret's bytes.
 *
 * @param id of the delivery, the same for each attempt
 * @param seconds of this attempt, since the epoch
 * @param body exactly as it is sent
 */
export function signDelivery(key: Uint8Array, id: string, seconds: number, body: string): Record<string, string> {
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`, 'utf8').digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}
