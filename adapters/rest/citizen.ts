// Everything about one citizen: by the number in a header or a body, or by the source's own id, looked up first. The number
// stands in no address.
import type { ByCitizenOptions, Page } from '../../src/adapter/contract.ts';
import { valuesAt } from '../../src/adapter/fields.ts';
import { type ListingCheckpoint, pullListing } from '../../src/adapter/listing.ts';
import { refusing } from '../../src/adapter/refusing.ts';
import { readAnswer } from './answer.ts';
import type { KindConfig, LookupConfig } from './kind.ts';
import { pagerOf } from './paging.ts';
import { type Ask, ask, limitsOf, noTemplate, type Open, readingOf } from './pull.ts';
import { requestOf, withKey } from './request.ts';

const written = (cpr: string, format: LookupConfig['cprFormat']): string =>
  format === 'dashed' ? `${cpr.slice(0, 6)}-${cpr.slice(6)}` : cpr;

/** The source's own ids of the citizen with this number; none when it knows nobody. */
export type Lookup = (cpr: string, signal: AbortSignal) => Promise<readonly string[]>;

const rememberMs = 30_000;

/** Remembered for half a minute: a citizen's kinds are read one after the other. */
export const createLookup = (open: Open): Lookup => {
  const { config, http, clock } = open;
  const remembered = new Map<string, { readonly ids: readonly string[]; readonly until: number }>();
  return async (cpr, signal) => {
    const { citizen } = config;
    if (citizen === undefined) throw noTemplate();
    const now = clock.now().getTime();
    for (const [number, { until }] of remembered) if (until <= now) remembered.delete(number);
    const known = remembered.get(cpr);
    if (known !== undefined) return known.ids;
    const request = requestOf(config.baseUrl, citizen, [], written(cpr, citizen.cprFormat));
    const { format, encoding, errors } = config;
    const reading = { format, encoding, errors, records: '', none: citizen.none };
    const sent = { ...request, signal, ...limitsOf(config), accept: citizen.none };
    const { rest } = await refusing(readAnswer(http, sent, reading));
    const ids = [...new Set(valuesAt({ rest }, `rest.${citizen.id}`).map(String))];
    remembered.set(cpr, { ids, until: now + rememberMs });
    return ids;
  };
};

const pagesOf = (open: Open, kind: KindConfig, { cpr, signal }: ByCitizenOptions, id: string | undefined) => {
  const { config, clock } = open;
  const { byCitizen } = kind;
  if (byCitizen === undefined) throw noTemplate();
  const { path, as, records, none, cprFormat } = byCitizen;
  const template = id === undefined ? byCitizen : { ...byCitizen, path: withKey(path, 'citizen', id, false) };
  const how: Ask = {
    template,
    reading: { ...readingOf(open, kind, records), none },
    pager: pagerOf(kind.paging ?? config.paging, config.pageSize, config.baseUrl),
    cpr: written(cpr, cprFormat),
    ...(id === undefined || as === undefined ? {} : { added: { [as]: id } }),
  };
  return pullListing({ clock, ask: (asked) => refusing(ask(open, kind, how, asked)) }, { after: null, signal });
};

/** @throws HubError `source/forbidden` when the source refuses this citizen */
export async function* citizenPages(
  open: Open,
  kind: KindConfig,
  lookup: Lookup,
  options: ByCitizenOptions,
): AsyncGenerator<Page<ListingCheckpoint>> {
  if (kind.byCitizen?.path.includes('{citizen}') !== true) yield* pagesOf(open, kind, options, undefined);
  else for (const id of await lookup(options.cpr, options.signal)) yield* pagesOf(open, kind, options, id);
}

/** Pages that are nothing to go on from. */
export async function* withoutCheckpoint(pages: AsyncIterable<Page<unknown>>): AsyncGenerator<Page<null>> {
  for await (const page of pages) yield { ...page, checkpoint: null };
}
