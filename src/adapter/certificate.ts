// When a server's certificate ends, asked by a TLS handshake and nothing more: no request is sent.
import { connect } from 'node:tls';

export interface Certificate {
  readonly host: string;
  readonly until: Date;
}

const TIMEOUT_MS = 5000;

/** Undefined when there is no handshake: the probe says why. @param address of a URL with https */
export const certificateOf = (address: URL): Promise<Certificate | undefined> =>
  new Promise((resolve) => {
    const socket = connect({
      host: address.hostname,
      port: Number(address.port || 443),
      ...(/^[\d.]+$|:/.test(address.hostname) ? {} : { servername: address.hostname }),
      // Only looked at; whether it is trusted is for the requests that carry something.
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    });
    const end = (found: Certificate | undefined): void => {
      socket.destroy();
      resolve(found);
    };
    socket.once('secureConnect', () => {
      const until = new Date(socket.getPeerCertificate().valid_to);
      end(Number.isNaN(until.getTime()) ? undefined : { host: address.host, until });
    });
    socket.once('error', () => end(undefined));
    socket.once('timeout', () => end(undefined));
  });
