// The hub's certificate: checked at composition without telling what it holds, presented to the source, trusted back.
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { HubError } from '../errors.ts';
import { createHttp } from './http.ts';
import { authority, hubCert, hubKey, hubPassphrase, serverCert, serverKey } from './tls.fixture.ts';
import { checkedTls, type Tls } from './tls.ts';

const own: Tls = { cert: hubCert, key: hubKey, passphrase: hubPassphrase, ca: authority };
const failure = (work: () => unknown): HubError => {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
  }
  throw new Error('expected a HubError');
};

describe('checkedTls', () => {
  it('takes a certificate with its key, an authority alone, or nothing', () => {
    expect(checkedTls(own, 'tls')).toEqual(own);
    expect(checkedTls({ ca: authority, key: undefined }, 'tls')).toEqual({ ca: authority });
    expect(checkedTls({}, 'tls')).toEqual({});
  });

  it.each<[string, Tls, string]>([
    ['a wrong passphrase', { ...own, passphrase: 'forkert' }, 'tls.key (or its passphrase)'],
    ['no passphrase', { ...own, passphrase: undefined }, 'tls.key (or its passphrase)'],
    ['a key of another certificate', { ...own, cert: serverCert }, 'tls.key'],
    ['a broken certificate', { ...own, cert: hubCert.replace('MII', 'XXX') }, 'tls.cert'],
    ['a broken authority', { ...own, ca: 'HEMMELIG' }, 'tls.ca'],
  ])('refuses %s', (_what, tls, at) => {
    const error = failure(() => checkedTls(tls, 'tls'));
    expect([error.code, error.fault]).toEqual(['config/invalid', 'config']);
    expect(error.message.startsWith(`${at}:`) || error.message.startsWith(at)).toBe(true);
    expect(`${error.message} ${error.hint}`).not.toMatch(/HEMMELIG|hemmelig|forkert|MII/);
  });
});

describe('a source that wants the certificate', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  const serve = async (): Promise<string> => {
    const options = { key: serverKey, cert: serverCert, ca: authority, requestCert: true, rejectUnauthorized: false };
    const server = createServer(options, (request, response) => {
      const socket = request.socket as TLSSocket;
      response.end(socket.authorized ? String(socket.getPeerCertificate().subject?.CN) : 'nobody');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('gets it, and its own is trusted by the configured authority only', async () => {
    const host = await serve();
    const ask = async (tls?: Tls): Promise<unknown> => {
      const http = createHttp({ hosts: [host], ...(tls === undefined ? {} : { tls: checkedTls(tls, 'tls') }) });
      return (await http.request({ url: `https://${host}/` })).body;
    };
    expect(await ask(own)).toBe('hub');
    expect(await ask({ ca: authority })).toBe('nobody');
    await expect(ask()).rejects.toMatchObject({ code: 'source/unreachable', fault: 'config' });
  });
});
