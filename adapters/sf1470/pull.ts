// Reading the index by its own clock (StsTidspunkt). What is behind is read in a closed window, page by page: a case that
// changes meanwhile leaves the window and shows behind it, and the cases after it move up, so the index's count decides
// where the next page begins. What is left is one answer with an open end: nothing can slip between pages there.
import type { ByCitizenOptions, Page, PullOptions } from '../../src/adapter/contract.ts';
import type { XmlInput } from '../../src/adapter/soap.ts';
import type { XmlObject } from '../../src/adapter/xml.ts';
import type { Clock } from '../../src/clock.ts';
import { HubError } from '../../src/errors.ts';
import type { Answer, Client } from './client.ts';
import { allows, type Sf1470Config } from './config.ts';
import type { Checkpoint } from './records.ts';
import { createRoleOf } from './roles.ts';
import { readCase, type Seen } from './sag.ts';
import type { Questions } from './search.ts';

export interface Index {
  readonly config: Sf1470Config;
  readonly client: Client;
  readonly questions: Questions;
  readonly clock: Clock;
}

type Read = Answer<Seen>;
type Content = Pick<Page<Checkpoint>, 'records' | 'deleted' | 'ignored'>;

const stopIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted)
    throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The run was cancelled.' });
};

const bad = (message: string): HubError => new HubError({ code: 'source/bad-answer', fault: 'source', message });

/** What was outside may have been inside before: its key is named, in case it was stored. */
const contentOf = (cases: readonly Seen[]): Content => {
  const outside = cases.filter((one) => one.body === undefined && one.why === 'outside').length;
  return {
    records: cases.flatMap(({ key, body }) => (body === undefined ? [] : [{ key, body }])),
    deleted: cases.flatMap(({ key, body }) => (body === undefined && key !== '' ? [key] : [])),
    ...(outside === 0 ? {} : { ignored: outside }),
  };
};

const reader = ({ config, client, clock }: Index) => {
  const [roleOf, allowed] = [createRoleOf(config.roles), allows(config)];
  return (question: XmlInput, signal: AbortSignal): Promise<Read> => {
    stopIfAborted(signal);
    const now = clock.now().getTime();
    const take = (snapshot: XmlObject): Seen =>
      readCase(snapshot, { now, roleOf, allows: allowed, leaveOut: config.leaveOut });
    return client.ask(question, take, signal);
  };
};

/** All that a search finds; a page that is not full needs no count. */
const totalOf = ({ cases, total }: Read, first: number, max: number): number => {
  if (total !== undefined) return total;
  if (cases.length < max) return first + cases.length;
  throw bad('The index does not say how many cases it found; pages cannot be followed without it.');
};

const tries = 3;
/** Milliseconds: a shorter window would hold next to nothing of what piled up. */
const worthClosing = 10_000;

/**
 * A search that something else may change under: read in pages, and again from the beginning until every case that was
 * counted has been given. Cases may come twice.
 */
async function* readWhole(
  ask: (first: number) => Promise<Read>,
  max: number,
  begun?: Read,
): AsyncGenerator<readonly Seen[]> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const given = new Set<string>();
    let first = 0;
    for (let page = attempt === 1 ? (begun ?? (await ask(0))) : await ask(0); ; page = await ask(first)) {
      for (const { key } of page.cases) given.add(key);
      const total = totalOf(page, first, max);
      first += page.cases.length;
      if (page.cases.length > 0) yield page.cases;
      if (first < total && page.cases.length > 0) continue;
      if (given.size >= total) return;
      break;
    }
  }
  throw new HubError({
    code: 'source/incomplete-snapshot',
    fault: 'transient',
    message: 'The index’s cases changed faster than they could be read.',
  });
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
/** Whether the index takes a window's ends in or not. */
const secondBefore = (instant: string): string => iso(Date.parse(instant) - 1000);

export async function* pullCases(
  index: Index,
  { after, signal }: PullOptions<Checkpoint>,
): AsyncGenerator<Page<Checkpoint>> {
  const { config, clock, questions } = index;
  const read = reader(index);
  /** Up to here nothing more will show in a search. */
  const settled = (): string => iso(clock.now().getTime() - config.marginSeconds * 1000);
  const rest = (from: string | null): Checkpoint => ({ from, to: null, first: 0, total: null });
  let at = after === null || (after.from ?? after.to) === null ? { ...rest(null), to: settled() } : after;

  for (;;) {
    if (at.to === null) {
      const until = settled();
      const { from } = at;
      const ask = (first: number): Promise<Read> => read(questions.window({ from, to: null, first }), signal);
      const next = rest(from === null || from < until ? until : from);
      const tail = await ask(0);
      const fits = totalOf(tail, 0, config.pageSize) <= tail.cases.length;
      if (!fits && from !== null && Date.parse(until) - Date.parse(from) > worthClosing) {
        at = { from, to: until, first: 0, total: null };
        continue;
      }
      if (fits) yield { ...contentOf(tail.cases), checkpoint: next };
      else {
        for await (const cases of readWhole(ask, config.pageSize, tail))
          yield { ...contentOf(cases), checkpoint: rest(from) };
        yield { records: [], deleted: [], checkpoint: next };
      }
      return;
    }
    const { from, to, first, total: before } = at;
    const page = await read(questions.window({ from, to, first }), signal);
    const total = totalOf(page, first, config.pageSize);
    if (before !== null && total < before) {
      // As many have left, perhaps from before this page: go back by so many.
      at = { from, to, first: Math.max(0, first - (before - total)), total };
      continue;
    }
    const position = first + page.cases.length;
    if (page.cases.length === 0 && position < total) throw bad('The index counts more cases than it shows.');
    at = position >= total ? rest(secondBefore(to)) : { from, to, first: position, total };
    if (page.cases.length > 0) yield { ...contentOf(page.cases), checkpoint: at };
  }
}

/** The cases in which the citizen is a party now. */
export async function* casesOfCitizen(
  index: Index,
  { cpr, signal }: ByCitizenOptions,
): AsyncGenerator<Page<Checkpoint>> {
  const { config, questions } = index;
  const read = reader(index);
  const checkpoint: Checkpoint = { from: null, to: null, first: 0, total: null };
  const ask = (first: number): Promise<Read> => read(questions.citizen(cpr, first), signal);
  for await (const cases of readWhole(ask, config.pageSize)) {
    const theirs = cases.filter(({ body }) => body === undefined || body.Sagspart.some(({ Cpr }) => Cpr === cpr));
    const { records, deleted, ignored = 0 } = contentOf(theirs);
    const others = ignored + cases.length - theirs.length;
    yield { records, deleted, checkpoint, ...(others === 0 ? {} : { ignored: others }) };
  }
}

/** Cases anew; those the index does not show any more are gone. */
export async function* casesByKey(
  index: Index,
  { keys, signal }: { readonly keys: readonly string[]; readonly signal: AbortSignal },
): AsyncGenerator<Page<Checkpoint>> {
  const { config, questions } = index;
  const read = reader(index);
  for (let from = 0; from < keys.length; from += config.pageSize) {
    const wanted = keys.slice(from, from + config.pageSize).map((key) => key.toLowerCase());
    const { cases } = await read(questions.cases(wanted), signal);
    const { records, deleted, ignored } = contentOf(cases);
    const shown = new Set(cases.map(({ key }) => key));
    yield {
      records,
      deleted: [...deleted, ...wanted.filter((key) => !shown.has(key))],
      checkpoint: { from: null, to: null, first: 0, total: null },
      ...(ignored === undefined ? {} : { ignored }),
    };
  }
}
