import { describe, expect, it } from '@jest/globals';
import { mintWebhookSecret, signDelivery } from './sign-delivery.js';

describe('signDelivery', () => {
  it('gives the signature of the reference vector of Standard Webhooks', () => {
    // From the tests of the reference libraries, github.com/standard-webhooks/standard-webhooks (MIT).
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    expect(signDelivery(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
});

describe('mintWebhookSecret', () => {
  it('writes 32 random bytes as receivers expect them', () => {
    const { secret, key } = mintWebhookSecret();
    expect(Buffer.from(secret.replace(/^whsec_/, ''), 'base64').equals(key)).toBe(true);
    expect(key).toHaveLength(32);
    expect(mintWebhookSecret().secret).not.toBe(secret);
  });
});
