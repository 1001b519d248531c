// Which addresses a webhook may have, however they are written, and which it may be connected to.
import { describe, expect, it } from 'vitest';
import { isPublic, refusalOf } from './address.ts';

const strict = { allowPrivate: [], allowHttp: false };

describe('an address is public', () => {
  it.each(['8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])('when it is: %s', (address) =>
    expect(isPublic(address)).toBe(true),
  );

  it.each([
    ['this machine', ['127.0.0.1', '127.255.0.9', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1', '::7f00:1']],
    [
      'private networks',
      ['10.0.0.1', '172.16.4.4', '192.168.1.1', '100.64.0.1', 'fd00::1', 'fec0::1', '::ffff:10.0.0.1'],
    ],
    [
      'metadata services',
      ['169.254.169.254', 'fd00:ec2::254', '168.63.129.16', '192.0.0.192', '100.100.100.200', 'fe80::1'],
    ],
    ['tunnels into IPv4', ['64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:7f00:1::']],
    ['nobody’s', ['224.0.0.1', '255.255.255.255', '240.0.0.1', '198.18.0.1', '2001:db8::1', 'ff02::1', 'no address']],
  ])('never: %s', (_, addresses) => expect(addresses.filter(isPublic)).toEqual([]));
});

describe('at registration', () => {
  it.each(['https://vendor.example/hook?token=x', 'https://8.8.8.8/', 'https://[2606:4700::1111]:8443/x'])(
    'is accepted: %s',
    (url) => expect(refusalOf(strict, url)).toBeUndefined(),
  );

  it.each([
    'http://vendor.example/',
    'ftp://vendor.example/',
    'vendor.example',
    'https://a:b@vendor.example/',
    'https://vendor.example/#x',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://db.internal/',
    'https://printer.local/',
    'https://intranet/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://0/',
    'https://１２７.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://[fd00::1]/',
    'https://169.254.169.254/latest/meta-data/',
    `https://vendor.example/${'x'.repeat(2000)}`,
  ])('is refused: %s', (url) => expect(refusalOf(strict, url)).toBeTypeOf('string'));

  it('lets configured hosts be private, and without TLS only where that is configured too', () => {
    const own = { allowPrivate: ['hook.corp', '127.0.0.1'], allowHttp: false };
    expect(refusalOf(own, 'https://hook.corp/')).toBeUndefined();
    expect(refusalOf(own, 'http://hook.corp/')).toBeTypeOf('string');
    expect(refusalOf(own, 'https://other.corp/')).toBeTypeOf('string');
    expect(refusalOf({ ...own, allowHttp: true }, 'http://127.0.0.1:8080/x')).toBeUndefined();
    expect(refusalOf({ ...own, allowHttp: true }, 'http://vendor.example/')).toBeTypeOf('string');
  });
});
