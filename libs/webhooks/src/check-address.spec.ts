import { describe, expect, it } from '@jest/globals';
import { refuseAddress } from './check-address.js';
import { isPublicAddress } from './public-address.js';

const privateAddresses = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.100.100.200', '100.127.255.255', '127.0.0.1', '127.255.0.1'],
  ...[
    '169.254.169.254',
    '169.254.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '239.1.1.1',
  ],
  ...['240.0.0.1', '255.255.255.255', '168.63.129.16', '192.0.2.1', '198.51.100.1', '203.0.113.1'],
  ...[
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:0:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::1',
  ],
  ...[
    'fe80::1',
    'febf::1',
    'fc00::1',
    'fd00:ec2::254',
    'fec0::1',
    'ff02::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '3fff::1',
    '5f00::1',
  ],
];
const publicAddresses = [
  '8.8.8.8',
  '1.1.1.1',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.0.1',
  '172.32.0.1',
  '169.253.1.1',
  '2606:4700::1111',
  '2a00:1450::1',
];

describe('isPublicAddress', () => {
  it.each(privateAddresses)('is false for %s', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(publicAddresses)('is true for %s', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each(['', 'localhost', '8.8.8', '8.8.8.8:80'])('is false for %s, which is no address', (text) =>
    expect(isPublicAddress(text)).toBe(false),
  );
});

describe('refuseAddress', () => {
  it.each([
    'https://hooks.example/a?b=c',
    'http://hooks.example:8080/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://169.254.169.254.example/',
    'https://localhost.example/',
  ])('has nothing against %s', (url) => expect(refuseAddress(url, [])).toBeNull());

  it.each([
    ...[
      'http://169.254.169.254/latest/meta-data',
      'http://localhost:4300/',
      'http://LOCALHOST',
      'http://localhost./',
      'http://a.localhost/',
    ],
    // Other ways to write 127.0.0.1 and 169.254.169.254.
    ...[
      'http://127.1/',
      'http://2130706433/',
      'http://0x7f000001/',
      'http://0177.0.0.1/',
      'http://0xA9FEA9FE/',
      'http://127.0.0.1./',
      'http://１２７.0.0.1/',
    ],
    ...[
      'http://[::1]/',
      'http://[::ffff:127.0.0.1]/',
      'http://[::ffff:7f00:1]/',
      'http://[64:ff9b::7f00:1]/',
      'http://[fe80::1]/',
      'http://0/',
    ],
    ...['https://user:secret@hooks.example/', 'https://user@hooks.example/'],
    ...[
      'ftp://hooks.example/',
      'file:///etc/passwd',
      'gopher://hooks.example/',
      'javascript:alert(1)',
      'hooks.example',
      '',
      '//hooks.example/',
    ],
    `https://hooks.example/${'a'.repeat(2048)}`,
  ])('refuses %s', (url) => expect(refuseAddress(url, [])).toEqual(expect.any(String)));

  it('lets exactly the hosts through that the operator listed, but no credentials', () => {
    const exempt = ['127.0.0.1:9000', 'inner.example', '[::1]', 'localhost:443'];
    for (const url of ['http://127.0.0.1:9000/x', 'http://inner.example:1234/', 'http://[::1]:7/', 'https://localhost/'])
      expect([url, refuseAddress(url, exempt)]).toEqual([url, null]);
    for (const url of [
      'http://127.0.0.1/',
      'http://127.0.0.1:9001/',
      'http://127.0.0.2:9000/',
      'http://localhost/',
      'http://u:p@inner.example/',
      'ftp://inner.example/',
    ])
      expect([url, refuseAddress(url, exempt)]).toEqual([url, expect.any(String)]);
  });
});
