// A toy source and its adapter, right in every respect unless a bug is planted: proves that the conformance suite
// finds what it is there for. One incremental kind with reported deletions, one snapshot, one that is crawled.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { type AnyAdapter, defineAdapter, type Page, type ProbeResult } from '../../src/adapter/contract.ts';
import { asHubError, HubError } from '../../src/errors.ts';
import type { Harness, Subject } from '../adapter.ts';

export type Bug =
  | 'accepts any configuration'
  | 'throwing probe'
  | 'always up'
  | 'always down'
  | 'duplicate keys'
  | 'empty key'
  | 'skipped page'
  | 'huge page'
  | 'unbounded memory'
  | 'wrong body'
  | 'checkpoint too early'
  | 'checkpoint as Date'
  | 'future throws'
  | 'future starts over'
  | 'deaf to abort'
  | 'swallows deletions'
  | 'everybody'
  | 'pull of a crawled kind'
  | 'crawled kind without citizens'
  | 'cpr in url'
  | 'undeclared host'
  | 'name in log'
  | 'name in error'
  | 'foreign error';

interface Row {
  id: string;
  cpr: string;
  name: string;
  version: number;
  gone?: boolean;
}

const canaryName = 'Kanarie Fuglesang';
const canaryCpr = '1203701235';
const pageSize = 10;

const startToy = async (): Promise<{ url: string; rows: Row[]; urls: string[]; stop(): Promise<void> }> => {
  const rows = Array.from({ length: 65 }, (_, at): Row => {
    const own = at % 5 === 0;
    return {
      id: `r${at}`,
      cpr: own ? canaryCpr : `00000000${at + 10}`,
      name: own ? canaryName : `P${at}`,
      version: at + 1,
    };
  });
  const urls: string[] = [];
  const server = createServer((request, response) => {
    urls.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' });
    const { searchParams } = new URL(request.url ?? '', 'http://toy');
    const [after, size] = [Number(searchParams.get('after') ?? 0), Number(searchParams.get('size') ?? rows.length)];
    const inOrder = rows.filter((row) => row.version > after).sort((a, b) => a.version - b.version);
    response.end(JSON.stringify(inOrder.slice(0, size)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, rows, urls, stop };
};

const body = z.looseObject({ id: z.string(), name: z.string() });
const kinds = {
  note: {
    title: 'Notes',
    body,
    checkpoint: z.object({ version: z.number() }),
    capabilities: { mode: 'incremental', deletes: 'reported' },
  },
  item: {
    title: 'Items',
    body,
    checkpoint: z.object({ version: z.number() }),
    capabilities: { mode: 'snapshot', deletes: 'absent' },
  },
  mark: {
    title: 'Marks',
    body,
    checkpoint: z.null(),
    capabilities: { mode: 'snapshot', deletes: 'absent' },
    crawl: true,
  },
} as const;
const strict = z.object({ url: z.url() });
type Config = z.infer<typeof strict>;

export const toyAdapter = (bug?: Bug): AnyAdapter =>
  defineAdapter<Config, typeof kinds>({
    name: 'toy',
    title: 'Toy',
    config: bug === 'accepts any configuration' ? (z.any() as z.ZodType<Config>) : strict,
    hosts: ({ url }) => (bug === 'undeclared host' ? [] : [new URL(url).host]),
    kinds,
    async open({ url }, { http, log }) {
      const rows = async (path: string, signal: AbortSignal): Promise<readonly Row[]> => {
        try {
          if (bug === 'undeclared host') return (await (await fetch(url + path)).json()) as Row[];
          return (await http.request({ url: url + path, signal })).body as Row[];
        } catch (thrown) {
          if (bug === 'foreign error') throw new Error('no');
          const { code, fault } = asHubError(thrown);
          if (bug === 'name in error') throw new HubError({ code, fault, message: `No answer about ${canaryName}.` });
          throw thrown;
        }
      };
      const kept: unknown[] = [];
      async function* pages(
        path: string,
        begin: number,
        wanted: (row: Row) => boolean,
        signal: AbortSignal,
      ): AsyncGenerator<Page<{ version: number }>> {
        const heard = bug === 'deaf to abort' ? new AbortController().signal : signal;
        for (let after = begin, n = 0; ; n += 1) {
          if (heard.aborted) throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'cancelled' });
          const asked = await rows(`${path}${path.includes('?') ? '&' : '?'}after=${after}&size=${pageSize}`, heard);
          const last = asked.at(-1)?.version;
          if (last === undefined) return;
          after = last;
          const part = asked.filter(wanted);
          if (part.length === 0) continue;
          if (bug === 'huge page')
            part.push(...Array.from({ length: 1500 }, (_, at) => ({ ...(part[0] as Row), id: `h${at}` })));
          if (bug === 'unbounded memory') kept.push(part);
          const early = bug === 'checkpoint too early' ? pageSize : 0;
          if (bug === 'skipped page' && n === 1) continue;
          if (bug === 'name in log') log.info({ name: part[0]?.name }, 'page.read');
          const records = part.map((row) => ({
            key: bug === 'duplicate keys' ? `${row.version % 7}` : bug === 'empty key' ? '' : row.id,
            body: bug === 'wrong body' ? { ...row, name: 1 } : row,
          }));
          const version = last + early;
          yield {
            records: records.filter((_, at) => part[at]?.gone !== true),
            deleted: bug === 'swallows deletions' ? [] : part.filter((row) => row.gone).map((row) => row.id),
            checkpoint: { version: bug === 'checkpoint as Date' ? (new Date(version) as unknown as number) : version },
          };
        }
      }
      async function* note({ after, signal }: { after: { version: number } | null; signal: AbortSignal }) {
        const ahead = (after?.version ?? 0) > 1_000_000;
        if (ahead && bug === 'future throws')
          throw new HubError({ code: 'bug/unexpected', fault: 'bug', message: 'ahead' });
        const from = ahead && bug === 'future starts over' ? 0 : (after?.version ?? 0);
        yield* pages('/notes', from, () => true, signal);
      }
      async function* citizen({ cpr, signal }: { cpr: string; signal: AbortSignal }) {
        const path = bug === 'cpr in url' ? `/notes?cpr=${cpr}` : '/notes';
        yield* pages(path, 0, (row) => bug === 'everybody' || row.cpr === cpr, signal);
      }
      async function* mark({ cpr, signal }: { cpr: string; signal: AbortSignal }): AsyncGenerator<Page<null>> {
        for await (const page of citizen({ cpr, signal })) yield { ...page, deleted: [], checkpoint: null };
      }
      async function* item({ after, signal }: { after: { version: number } | null; signal: AbortSignal }) {
        yield* pages('/items', after?.version ?? 0, (row) => row.gone !== true, signal);
      }
      return {
        async probe(signal): Promise<ProbeResult> {
          try {
            await rows('/notes', signal);
          } catch (thrown) {
            if (bug === 'throwing probe') throw thrown;
            if (bug === 'always up') return { up: true, ms: 0 };
            return { up: false, ms: 0, code: asHubError(thrown).code, message: 'down' };
          }
          return bug === 'always down' ? { up: false, ms: 0, code: 'x/y', message: 'down' } : { up: true, ms: 0 };
        },
        pull: { note, item, ...(bug === 'pull of a crawled kind' ? { mark: item } : {}) },
        byCitizen: bug === 'crawled kind without citizens' ? ({ note: citizen } as never) : { note: citizen, mark },
        close: async () => undefined,
      };
    },
  });

export const toySubject = (bug?: Bug): Subject => ({
  adapter: toyAdapter(bug),
  async start(): Promise<Harness> {
    const { url, rows, urls, stop } = await startToy();
    return {
      config: { url },
      badConfigs: [{ config: { url: 'nowhere' }, path: 'url' }],
      expected: { note: 65, item: 65 },
      canaries: [canaryName, canaryCpr],
      citizen: {
        cpr: canaryCpr,
        unknownCpr: '0202701235',
        owns: (_kind, record) => (record.body as Row).cpr === canaryCpr,
        expected: { note: 13, mark: 13 },
      },
      ahead: { note: { version: 9_999_999 } },
      async remove() {
        const at = rows.findIndex((row) => row.gone !== true && row.cpr === canaryCpr);
        const row = rows[at];
        if (row === undefined) return undefined;
        rows[at] = { ...row, gone: true, version: 1000 + at };
        return row.id;
      },
      urls: () => urls,
      stop,
      close: stop,
    };
  },
});
