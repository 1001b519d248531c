// What is no HTTP never becomes a request: its refusal is written to the socket itself, in the words of every other
// problem, with nothing of what came in it.
import type { Socket } from 'node:net';

interface Refusal {
  readonly status: string;
  readonly type: string;
  readonly title: string;
}
const refusals: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: '408 Request Timeout', type: 'too-slow', title: 'The request took too long' },
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    type: 'too-large',
    title: 'The request is too large',
  },
};
const unreadable: Refusal = { status: '400 Bad Request', type: 'invalid-request', title: 'The request is not valid' };

export const refuseConnection = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, type, title } = refusals[error.code ?? ''] ?? unreadable;
  const body = JSON.stringify({ type: `urn:samspil:problem:${type}`, title, status: Number(status.slice(0, 3)) });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
        `Content-Type: application/problem+json; charset=utf-8\r\nCache-Control: no-store\r\n\r\n${body}`,
    );
  socket.destroySoon();
};
