// The toy source with cases that can only be asked for citizen by citizen, and people to enrol in the order in which a
// crawl comes to them.
import type { Page } from '../../src/adapter/contract.ts';
import { runSync, type SyncOrder, type SyncOutcome } from '../../src/pipeline/run.ts';
import type { OpenSource, PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { createRun } from '../../src/store/runs.ts';
import { type ToyData, toySource } from './toy.ts';

/** Numbers in the order of their citizen ids. */
export const inCrawlOrder = (deps: PipelineDeps, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `010170${1000 + at}`).sort((a, b) =>
    deps.keys.uuid('citizen', a) < deps.keys.uuid('citizen', b) ? -1 : 1,
  );

export interface Crawling {
  readonly source: SyncSource;
  /** Numbers asked for so far. */
  readonly asked: string[];
}

type Ask = (options: { cpr: string; signal: AbortSignal }) => AsyncIterable<Page<unknown>>;

/** `before` runs when a number is asked for and may throw; `answer` gives something else than the data. */
export const crawling = (
  data: ToyData,
  options: { before?: (cpr: string) => Promise<void> | void; answer?: Ask; guard?: SyncSource['guard'] } = {},
): Crawling => {
  const toy = toySource(data, { perCitizen: true });
  const kinds = toy.kinds
    .filter((kind) => kind.name === 'case')
    .map((kind) => ({ ...kind, spec: { ...kind.spec, crawl: true as const } }));
  const asked: string[] = [];
  const open = async (): Promise<OpenSource> => {
    const opened = await toy.open();
    const answer = options.answer ?? (opened.byCitizen?.['case'] as Ask);
    const ask: Ask = async function* (asking) {
      asked.push(asking.cpr);
      await options.before?.(asking.cpr);
      yield* answer(asking);
    };
    return { ...opened, pull: {}, byCitizen: { case: ask } };
  };
  return { source: { ...toy, kinds, guard: options.guard ?? toy.guard, open }, asked };
};

export const crawlOnce = async (
  deps: PipelineDeps,
  { source }: Crawling,
  more: Partial<Pick<SyncOrder, 'until' | 'signal' | 'want'>> = {},
): Promise<SyncOutcome> => {
  const [kind] = source.kinds;
  if (kind === undefined) throw new Error('no kind');
  const runId = await createRun(deps.pool, {
    source: source.name,
    kind: kind.name,
    mode: 'incremental',
    trigger: 'test',
  });
  return runSync(deps, { source, kind, runId, want: 'next', signal: new AbortController().signal, ...more });
};
