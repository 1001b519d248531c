// A kind's pages: an operation asked page by page, or one answer read as it comes; a citizen's own by the number in the
// request's body and nowhere else.
import type { ByCitizenOptions, Page, PullOptions } from '../../src/adapter/contract.ts';
import { countAt, keyAt, textAt, valuesAt } from '../../src/adapter/fields.ts';
import { readInstant, writeInstant } from '../../src/adapter/instants.ts';
import { type Asked, type Listed, type ListingCheckpoint, type Part, pullListing } from '../../src/adapter/listing.ts';
import { refused } from '../../src/adapter/refusing.ts';
import type { Soap, XmlInput } from '../../src/adapter/soap.ts';
import { pullStreamed } from '../../src/adapter/streamed.ts';
import { byOffset, byPage, type Followed, saysMore } from '../../src/adapter/turns.ts';
import type { XmlObject } from '../../src/adapter/xml.ts';
import type { Clock } from '../../src/clock.ts';
import { recordsOf } from './answer.ts';
import type { SoapConfig } from './config.ts';
import { inputOf, type Values } from './input.ts';
import { holds, type KindConfig, type Paging, placeholdersOf } from './kind.ts';

export interface Open {
  readonly config: SoapConfig;
  readonly soap: Soap;
  readonly clock: Clock;
}

interface Ask {
  readonly operation: string;
  readonly template: XmlInput;
  readonly records: string;
  readonly paging: Paging;
  /** `{cpr}` of a citizen's own. */
  readonly values: Values;
}

/** The source says that it is deleted. */
const isGone = ({ deletes }: KindConfig, row: XmlObject): boolean =>
  typeof deletes === 'object' && valuesAt(row, deletes.path).some((value) => deletes.values.includes(String(value)));

const listedOf = (kind: KindConfig, body: XmlObject): Listed => {
  const { changedSince } = kind;
  const told = changedSince?.field === undefined ? undefined : textAt(body, changedSince.field);
  const changed = told === undefined ? undefined : readInstant(told);
  return {
    key: keyAt(body, kind.key),
    body,
    ...(isGone(kind, body) ? { deleted: true } : {}),
    ...(changed === undefined ? {} : { changed }),
  };
};

const sinceOf = ({ changedSince }: KindConfig, since: number | null): string | undefined => {
  if (changedSince === undefined) return undefined;
  return since === null ? changedSince.initial : writeInstant(since, changedSince.format);
};

const answerTo = ({ config, soap }: Open, kind: KindConfig, ask: Ask, values: Values, signal: AbortSignal) =>
  recordsOf(soap, {
    operation: ask.operation,
    input: inputOf(ask.template, { ...values, ...ask.values }),
    records: ask.records,
    errors: kind.errors ?? config.errors,
    faults: kind.faults ?? config.faults,
    timeoutMs: config.timeoutSeconds * 1000,
    maxBytes: Math.round(config.maxMegabytes * 1024 * 1024),
    signal,
  });

type Turn = (asked: Asked) => {
  readonly values: Values;
  readonly follow: (count: number, body: XmlObject) => Followed;
};

const turnsOf = (paging: Exclude<Paging, { style: 'none' }>, size: number): Turn => {
  if (paging.style === 'offset') {
    const turns = byOffset({ size, overlap: paging.overlap });
    return (asked) => {
      const { at, follow } = turns(asked);
      const values = { first: at + paging.first, max: size };
      return { values, follow: (count, body) => follow(count, { total: countAt(body, paging.total) }) };
    };
  }
  const turns = byPage({ size, first: paging.first });
  return (asked) => {
    const { at, follow } = turns(asked);
    return {
      values: { page: at, max: size },
      follow(count, body) {
        const more = paging.hasMore === undefined ? undefined : saysMore(textAt(body, paging.hasMore));
        return follow(count, { total: countAt(body, paging.total), more });
      },
    };
  };
};

const pages = (open: Open, kind: KindConfig, ask: Ask, options: PullOptions<ListingCheckpoint>) => {
  const { config, clock } = open;
  const { changedSince } = kind;
  const changes =
    changedSince === undefined
      ? {}
      : { changes: { overlapMs: changedSince.overlapSeconds * 1000, byRecord: changedSince.field !== undefined } };
  const { paging } = ask;
  if (paging.style === 'none') {
    const read = async function* ({ since, signal }: Pick<Asked, 'since' | 'signal'>) {
      const answer = answerTo(open, kind, ask, { since: sinceOf(kind, since) }, signal);
      try {
        for (;;) {
          const next = await answer.next();
          if (next.done === true) return countAt(next.value, paging.total);
          yield listedOf(kind, next.value);
        }
      } finally {
        await answer.return({});
      }
    };
    return pullStreamed({ read, clock, ...changes }, options);
  }
  const turns = turnsOf(paging, config.pageSize);
  const one = async (asked: Asked): Promise<Part> => {
    const turn = turns(asked);
    const values = { ...turn.values, since: sinceOf(kind, asked.since) };
    const answer = answerTo(open, kind, ask, values, asked.signal);
    const rows: Listed[] = [];
    let next = await answer.next();
    for (; next.done !== true; next = await answer.next()) rows.push(listedOf(kind, next.value));
    return { rows, ...turn.follow(rows.length, next.value) };
  };
  return pullListing({ ask: one, clock, ...changes }, options);
};

export const pullKind = (
  open: Open,
  kind: KindConfig,
  list: NonNullable<KindConfig['list']>,
  options: PullOptions<ListingCheckpoint>,
): AsyncGenerator<Page<ListingCheckpoint>> => {
  const { operation, input: template } = list;
  const paging = kind.paging ?? open.config.paging;
  return pages(open, kind, { operation, template, records: kind.records, paging, values: {} }, options);
};

/** Everything of one kind about one citizen. @throws `source/forbidden` when the source refuses this citizen */
export async function* askCitizen(
  open: Open,
  kind: KindConfig,
  byCitizen: NonNullable<KindConfig['byCitizen']>,
  { cpr, signal }: ByCitizenOptions,
): AsyncGenerator<Page<ListingCheckpoint>> {
  const { operation, input: template, cprFormat, records = kind.records } = byCitizen;
  const number = cprFormat === 'dashed' ? `${cpr.slice(0, 6)}-${cpr.slice(6)}` : cpr;
  const usual = kind.paging ?? open.config.paging;
  const paged = placeholdersOf(usual).every((name) => holds(template, name));
  const paging: Paging = paged ? usual : { style: 'none' };
  const ask = { operation, template, records, paging, values: { cpr: number, since: undefined } };
  try {
    yield* pages(open, kind, ask, { after: null, signal });
  } catch (thrown) {
    throw refused(thrown);
  }
}
