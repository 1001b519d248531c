// A source with cases whose answers wait for the test: it says when a question has been read at the source, and when
// the answer arrives. So every order of asking, reading and storing can be played without a clock.
import type { Page } from '../../src/adapter/contract.ts';
import { fetchNotices, leaveToPulls, planNotices } from '../../src/pipeline/notices.ts';
import { runSync } from '../../src/pipeline/run.ts';
import type { OpenSource, PipelineDeps, SyncKind, SyncSource } from '../../src/pipeline/source.ts';
import type { Pool } from '../../src/store/db.ts';
import { dueNotices, type NewNotice, putNotices } from '../../src/store/notices.ts';
import { createRun, noCounts, type RunCounts } from '../../src/store/runs.ts';
import { type ToyData, toySource } from './toy.ts';

/** One question under way: `read` when the source has made up its answer, `give` to let it arrive. */
export interface Question {
  readonly how: 'pull' | 'citizen' | 'keys';
  give(): void;
}

export interface Controlled {
  readonly source: SyncSource;
  /** The next question that reaches the source and has been read there. */
  next(how?: Question['how']): Promise<Question>;
  /** From now on answers arrive at once. */
  free(): void;
}

export interface ControlledOptions {
  readonly ways?: readonly ('citizen' | 'keys')[];
  readonly mode?: 'snapshot' | 'incremental';
  readonly guard?: SyncSource['guard'];
  readonly capabilities?: SyncKind['spec']['capabilities'];
  readonly held?: boolean;
}

export const controlled = (data: ToyData, options: ControlledOptions = {}): Controlled => {
  const ways = options.ways ?? ['citizen', 'keys'];
  const toy = toySource(data, { mode: options.mode ?? 'incremental', perCitizen: true, pageSize: 1000 });
  const kinds = toy.kinds
    .filter((kind) => kind.name === 'case')
    .map((kind) => ({
      ...kind,
      spec: { ...kind.spec, ...(options.capabilities === undefined ? {} : { capabilities: options.capabilities }) },
    }));
  const waiting: { question: Question; taken: boolean }[] = [];
  const watchers: (() => void)[] = [];
  let holds = options.held !== false;
  const arrive = (how: Question['how']): Promise<void> => {
    if (!holds) return Promise.resolve();
    return new Promise((give) => {
      waiting.push({ question: { how, give }, taken: false });
      for (const watcher of watchers.splice(0)) watcher();
    });
  };
  /** What the source holds the moment it is asked is what arrives, however late. */
  const late = async function* (how: Question['how'], read: () => Promise<readonly Page<unknown>[]>) {
    const pages = structuredClone(await read());
    await arrive(how);
    yield* pages;
  };
  const all = async (pages: AsyncIterable<Page<unknown>>): Promise<Page<unknown>[]> => {
    const found: Page<unknown>[] = [];
    for await (const page of pages) found.push(page);
    return found;
  };
  const open = async (): Promise<OpenSource> => {
    const opened = await toy.open();
    const pull = opened.pull['case'];
    const ask = opened.byCitizen?.['case'];
    if (pull === undefined || ask === undefined) throw new Error('no case');
    const look = async (keys: readonly string[]): Promise<Page<unknown>[]> => [
      {
        records: data.case.filter(({ key }) => keys.includes(key)),
        deleted: keys.filter((key) => !data.case.some((record) => record.key === key)),
        checkpoint: null,
      },
    ];
    return {
      ...opened,
      pull: { case: (options) => late('pull', () => all(pull(options))) },
      ...(ways.includes('citizen')
        ? { byCitizen: { case: (options) => late('citizen', () => all(ask(options))) } }
        : { byCitizen: {} }),
      ...(ways.includes('keys') ? { byKeys: { case: ({ keys }) => late('keys', () => look(keys)) } } : {}),
    };
  };
  return {
    source: { ...toy, kinds, guard: options.guard ?? toy.guard, open },
    async next(how) {
      for (;;) {
        const found = waiting.find((one) => !one.taken && (how === undefined || one.question.how === how));
        if (found !== undefined) {
          found.taken = true;
          return found.question;
        }
        await new Promise<void>((wake) => watchers.push(wake));
      }
    },
    free() {
      holds = false;
      for (const { question } of waiting) question.give();
    },
  };
};

export const tell = async (
  deps: PipelineDeps,
  source: SyncSource,
  notices: readonly Omit<NewNotice, 'kind'>[],
): Promise<void> => {
  const client = await deps.pool.connect();
  try {
    await putNotices(
      client,
      deps.keys,
      source.name,
      notices.map((notice) => ({ kind: 'case', ...notice })),
    );
  } finally {
    client.release();
  }
};

/** Answers what is due, as the job does. @returns the kinds that must be pulled. */
export const answerNotices = async (deps: PipelineDeps, source: SyncSource): Promise<readonly string[]> => {
  const due = await dueNotices(deps.pool, deps.keys, source.name, 500);
  const opened = await source.open();
  const plans = planNotices(source, opened, due);
  const runId = await createRun(deps.pool, { source: source.name, kind: '*', mode: 'citizen', trigger: 'test' });
  await fetchNotices(deps, { source, runId, signal: new AbortController().signal }, opened, plans);
  return leaveToPulls(deps, source, plans);
};

export const pullCases = async (
  deps: PipelineDeps,
  source: SyncSource,
  want: 'next' | 'reconcile' = 'next',
): Promise<RunCounts> => {
  const [kind] = source.kinds;
  if (kind === undefined) return noCounts();
  const runId = await createRun(deps.pool, { source: source.name, kind: 'case', mode: 'incremental', trigger: 'test' });
  return (await runSync(deps, { source, kind, runId, want, signal: new AbortController().signal })).counts;
};

/** Key → title as readers have it. */
export const titles = async (pool: Pool): Promise<Readonly<Record<string, string>>> => {
  const { rows } = await pool.query<{ key: string; title: string }>(
    `select r.key, b.body::jsonb ->> 'title' as title from record r join record_body b on b.record_id = r.id order by r.key`,
  );
  return Object.fromEntries(rows.map(({ key, title }) => [key, title]));
};

export const openNotices = async (pool: Pool): Promise<readonly { state: string; times: number }[]> =>
  (
    await pool.query<{ state: string; times: number }>(
      `select state, times from notice where state <> 'done' order by id`,
    )
  ).rows;
