// A reader of the event stream of `changes`: fetch and a stock parser, as a consumer would use them.
import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { PageAnswer } from './hub.ts';

export interface StreamEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly page: PageAnswer;
  /** Why the stream ends. */
  readonly reason: string | undefined;
}

export interface StreamReader {
  readonly status: number;
  readonly headers: Headers;
  /** The next event; undefined at the end. */
  next(): Promise<StreamEvent | undefined>;
  /** Comments so far. */
  readonly comments: () => number;
  close(): void;
}

export const openStream = async (url: string, headers: Readonly<Record<string, string>>): Promise<StreamReader> => {
  const abort = new AbortController();
  const answer = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: abort.signal });
  let comments = 0;
  const onComment = (): void => {
    comments += 1;
  };
  const events = answer.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream({ onComment }))
    .getReader();
  return {
    status: answer.status,
    headers: answer.headers,
    comments: () => comments,
    async next() {
      const read = await events?.read();
      if (read?.value === undefined) return undefined;
      const { event = 'message', id, data } = read.value;
      const value = JSON.parse(data) as PageAnswer & { readonly reason?: string };
      return { event, id, page: value, reason: value.reason };
    },
    close: () => abort.abort(),
  };
};
