// A vendor's endpoint on loopback: keeps what it is sent, echoes challenges, and answers as it is told to.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** Everything, in order of arrival. */
  readonly got: Got[];
  /** Hints alone. */
  readonly hints: () => readonly Got[];
  /** How hints are answered from now on. */
  answer: (response: ServerResponse, got: Got) => void;
  /** How challenges are. */
  echo: (response: ServerResponse, challenge: string) => void;
  close(): Promise<void>;
}

export const typeOf = (got: Got): string => (JSON.parse(got.body) as { type: string }).type;
const isHint = (got: Got): boolean => typeOf(got) === 'dk.samspil.changes.available';

export const ok = (response: ServerResponse): void => void response.writeHead(204).end();
export const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end('nothing to see');

export const startReceiver = async (): Promise<Receiver> => {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const one = { headers: request.headers, body, path: request.url ?? '' };
      got.push(one);
      const { data } = JSON.parse(body) as { data: { challenge?: string } };
      if (data.challenge === undefined) receiver.answer(response, one);
      else receiver.echo(response, data.challenge);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook?token=very-secret`,
    port,
    got,
    hints: () => got.filter(isHint),
    answer: ok,
    echo: (response, challenge) => void response.writeHead(200).end(JSON.stringify({ challenge })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
};
