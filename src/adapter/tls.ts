// The hub's own certificate for a source, and the authorities it trusts beside the public ones: checked when the source
// is composed, so that a wrong file is a configuration error and not a connection that fails at night.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { HubError } from '../errors.ts';

/** PEM texts; `cert` and `ca` may hold several, the own certificate first. */
export interface Tls {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: string | undefined;
  readonly ca?: string | undefined;
}

const wrong = (at: string, what: string): HubError =>
  new HubError({
    code: 'config/invalid',
    fault: 'config',
    message: `${at}: ${what}`,
    hint: 'A PEM text is expected, normally read from a file.',
  });

const readable = <T>(at: string, read: () => T): T => {
  try {
    return read();
  } catch {
    throw wrong(at, 'cannot be read.');
  }
};

/** The block as `createHttp` takes it. @throws HubError `config/invalid` naming the field, never its content */
export const checkedTls = (tls: Tls, at: string): { [Field in keyof Tls]: string } => {
  const { cert, key, passphrase, ca } = tls;
  if (ca !== undefined) readable(`${at}.ca`, () => new X509Certificate(ca));
  if (cert !== undefined && key !== undefined) {
    const own = readable(`${at}.cert`, () => new X509Certificate(cert));
    const secret = { key, ...(passphrase === undefined ? {} : { passphrase }) };
    const privateKey = readable(`${at}.key (or its passphrase)`, () => createPrivateKey(secret));
    if (!own.checkPrivateKey(privateKey)) throw wrong(`${at}.key`, 'does not belong to the certificate.');
  }
  return {
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(ca === undefined ? {} : { ca }),
  };
};
