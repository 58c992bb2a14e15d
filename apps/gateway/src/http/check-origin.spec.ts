import { describe, expect, it } from '@jest/globals';
import { checkOrigin } from './check-origin.js';

const config = { host: '127.0.0.1', allowedHosts: ['vitrine.example', 'other.example:8443'] };

describe('checkOrigin', () => {
  it.each([
    'localhost',
    'LOCALHOST:4300',
    '127.0.0.1:1',
    '127.9.9.9',
    '[::1]:4300',
    '[::1]',
    'vitrine.example',
    'vitrine.example:9',
    'other.example:8443',
  ])('accepts the host %s', (host) => {
    expect(() => checkOrigin({ host }, config)).not.toThrow();
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'other.example',
    'localhost:80:80',
    'localhost/evil',
    'user@localhost',
    '::1',
    '0.0.0.0',
    '',
    undefined,
  ])('refuses the host %s', (host) => {
    expect(() => checkOrigin(host === undefined ? {} : { host }, config)).toThrow(/HOST_NOT_ALLOWED/);
  });

  it('accepts the address it listens on', () => {
    expect(() => checkOrigin({ host: '10.1.2.3:4300' }, { ...config, host: '10.1.2.3' })).not.toThrow();
    expect(() => checkOrigin({ host: '[fd00::7]:4300' }, { ...config, host: 'fd00::7' })).not.toThrow();
  });

  it.each([
    ['http://localhost:4300', 'localhost:4300'],
    ['https://vitrine.example', 'vitrine.example'],
    ['https://vitrine.example', 'vitrine.example:443'],
    ['http://[::1]:4300', '[::1]:4300'],
  ])('accepts a page of its own: %s', (origin, host) => {
    expect(() => checkOrigin({ host, origin }, config)).not.toThrow();
  });

  it.each(['http://evil.example', 'null', 'http://localhost:3000', 'http://127.0.0.1:4300', 'file://', 'chrome-extension://abc', ''])(
    'refuses a page of another site: %s',
    (origin) => {
      expect(() => checkOrigin({ host: 'localhost:4300', origin }, config)).toThrow(/ORIGIN_NOT_ALLOWED/);
    },
  );
});
