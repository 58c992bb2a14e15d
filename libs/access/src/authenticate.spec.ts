import { describe, expect, it } from '@jest/globals';
import { authenticate } from './authenticate.js';

describe('authenticate', () => {
  it('lets everyone on loopback in as local when there is no key', () => {
    expect(authenticate(undefined, null)?.actor).toBe('local');
  });

  it('wants the key once there is one', () => {
    expect(authenticate('Bearer secret-key', 'secret-key')).toMatchObject({ actor: 'admin', actorType: 'key' });
    for (const wrong of [
      undefined,
      '',
      'Bearer',
      'Bearer ',
      'Bearer secret-ke',
      'Bearer secret-key2',
      'Basic secret-key',
      'secret-key',
      'Bearer secret-key x',
    ])
      expect(authenticate(wrong, 'secret-key')).toBeNull();
  });
});
