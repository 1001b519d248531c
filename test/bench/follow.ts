// Consumers of `changes`, in a process of their own: one that reads a snapshot to its end as fast as it is given, by poll or
// by stream, or many that wait for something to happen.
import { createParser } from 'eventsource-parser';
import { answerQuestions } from './child.ts';

export interface FollowQuestion {
  readonly url: string;
  readonly authorizations: readonly string[];
  readonly do: 'poll' | 'stream' | 'wait' | 'leave';
}
export interface FollowAnswer {
  readonly entries: number;
  readonly bytes: number;
  readonly seconds: number;
}

interface Page {
  readonly entries: readonly unknown[];
  readonly more: boolean;
  readonly cursor: string;
}

const limit = 1000;
let waiting = new AbortController();

const page = async (url: string, authorization: string, query: string): Promise<{ page: Page; bytes: number }> => {
  const answer = await fetch(`${url}/v1/changes?${query}`, { headers: { authorization }, signal: waiting.signal });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return { page: JSON.parse(text) as Page, bytes: text.length };
};

const poll = async (url: string, authorization: string): Promise<{ entries: number; bytes: number }> => {
  const sum = { entries: 0, bytes: 0 };
  let query = `limit=${limit}`;
  for (;;) {
    const { page: given, bytes } = await page(url, authorization, query);
    sum.entries += given.entries.length;
    sum.bytes += bytes;
    if (!given.more) return sum;
    query = `limit=${limit}&after=${given.cursor}`;
  }
};

const stream = async (url: string, authorization: string): Promise<{ entries: number; bytes: number }> => {
  const sum = { entries: 0, bytes: 0 };
  let last: string | undefined;
  for (let more = true; more; ) {
    const headers = {
      authorization,
      accept: 'text/event-stream',
      ...(last === undefined ? {} : { 'last-event-id': last }),
    };
    const abort = new AbortController();
    const answer = await fetch(`${url}/v1/changes?limit=${limit}`, { headers, signal: abort.signal });
    const parser = createParser({
      onEvent: ({ event, id, data }) => {
        if (event !== 'changes') return;
        const given = JSON.parse(data) as Page;
        last = id;
        sum.entries += given.entries.length;
        sum.bytes += data.length;
        more = given.more;
      },
      maxBufferSize: 64_000_000,
    });
    const decoder = new TextDecoder();
    for await (const chunk of answer.body ?? []) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (!more) break;
    }
    abort.abort();
  }
  return sum;
};

/** Each reads to the end and then waits; resolves when all are there. */
const wait = async (url: string, authorizations: readonly string[]): Promise<void> => {
  for (const authorization of authorizations) {
    const first = await page(url, authorization, `limit=${limit}`);
    page(url, authorization, `after=${first.page.cursor}&wait=60`).catch(() => undefined);
  }
};

const run = async (question: FollowQuestion): Promise<FollowAnswer> => {
  const { url, authorizations } = question;
  const started = performance.now();
  let sum = { entries: 0, bytes: 0 };
  if (question.do === 'leave') {
    waiting.abort();
    waiting = new AbortController();
  } else if (question.do === 'wait') await wait(url, authorizations);
  else sum = await (question.do === 'poll' ? poll : stream)(url, authorizations[0] ?? '');
  return { ...sum, seconds: (performance.now() - started) / 1000 };
};

if (process.send !== undefined) answerQuestions(run);
