// Momentum's three ways of paging, one small reader each: `hasMore` (citizensearch, from page 0), `totalSearchCount`
// (lists from page 0, private contacts from page 1) and `totalCount` with `skip` (search).
import { z } from 'zod';
import { HubError } from '../../src/errors.ts';
import { type Client, type Row, rowSchema, shaped } from './client.ts';

export interface Filter {
  readonly fieldName: string;
  /** For a date: from, to, "true" when rows without a date belong too. Otherwise the values that match. */
  readonly values: readonly (string | null)[];
}

export interface ListQuery {
  readonly path: string;
  readonly filters: readonly Filter[];
  /** Field names in ascending order. */
  readonly sort: readonly string[];
  /** Counted from 0. */
  readonly page: number;
  readonly pageSize: number;
}

export interface ListAnswer {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

const rows = z.array(rowSchema);
const hasMoreAnswer = z.looseObject({ data: rows, hasMore: z.boolean() });
const countedAnswer = z.looseObject({ data: rows, totalSearchCount: z.int().min(0) });
const searchAnswer = z.looseObject({
  totalCount: z.int().min(0),
  results: z.array(z.looseObject({ id: z.string().min(1), category: z.string().nullish() })),
});

const short = (): HubError =>
  new HubError({
    code: 'source/bad-answer',
    fault: 'transient',
    message: 'The source sent fewer rows than it counted.',
    hint: 'Nothing is lost: the page is asked for again by the next run.',
  });

const bodyOf = (query: ListQuery) => ({
  filters: query.filters.map((filter) => ({ customFilter: '', ...filter })),
  sort: query.sort.map((fieldName) => ({ fieldName, ascending: true })),
  paging: { pageNumber: query.page, pageSize: query.pageSize },
});

/** `{data, hasMore}` */
export const hasMorePage = async (client: Client, query: ListQuery, signal: AbortSignal): Promise<ListAnswer> => {
  const answer = shaped(hasMoreAnswer, await client.post(query.path, bodyOf(query), signal));
  if (answer.hasMore && answer.data.length < query.pageSize) throw short();
  return { rows: answer.data, more: answer.hasMore };
};

const counted = (answer: z.infer<typeof countedAnswer>, page: number, pageSize: number): ListAnswer => {
  const left = answer.totalSearchCount - page * pageSize;
  if (answer.data.length < Math.min(left, pageSize)) throw short();
  return { rows: answer.data, more: left > pageSize };
};

/** `{data, totalSearchCount}`, pages from 0 */
export const countedPage = async (client: Client, query: ListQuery, signal: AbortSignal): Promise<ListAnswer> => {
  const body = { columns: [], ...bodyOf(query) };
  const answer = shaped(countedAnswer, await client.post(query.path, body, signal));
  return counted(answer, query.page, query.pageSize);
};

/** Private contacts: `{data, totalSearchCount}`, pages from 1, a term of one space finds all. */
export const contactPages = async (client: Client, path: string, signal: AbortSignal): Promise<readonly Row[]> => {
  const pageSize = 999;
  const all: Row[] = [];
  for (let page = 0; ; page += 1) {
    const body = { term: ' ', paging: { pageNumber: page + 1, pageSize } };
    const answer = counted(shaped(countedAnswer, await client.post(path, body, signal)), page, pageSize);
    all.push(...answer.rows);
    if (!answer.more) return all;
  }
};

/** `{totalCount, results}` with size and skip: the guids of the citizens that match. */
export const searchCitizens = async (
  client: Client,
  query: { readonly path: string; readonly term: string; readonly size: number },
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  for (let skip = 0; ; skip += query.size) {
    const body = { term: query.term, size: query.size, skip, allowedCategories: ['Citizen'], isActive: null };
    const answer = shaped(searchAnswer, await client.post(query.path, body, signal));
    if (answer.results.length < Math.min(answer.totalCount - skip, query.size)) throw short();
    for (const { id, category } of answer.results) if ((category ?? 'Citizen') === 'Citizen') ids.add(id);
    if (skip + query.size >= answer.totalCount) return ids;
  }
};
