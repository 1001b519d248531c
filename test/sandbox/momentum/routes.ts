// The endpoints of the Momentum stub: what each answers, its paging dialect, and its limits.
import { z } from 'zod';
import type { MomentumData, MomentumRow } from './data.ts';
import type { Table } from './table.ts';

export class Problem extends Error {
  readonly status: number;
  /** As the vendor's details do, this may repeat what was asked for; the hub must not. */
  readonly detail: string;

  constructor(status: number, title: string, detail = title) {
    super(title);
    this.status = status;
    this.detail = detail;
  }
}

const paging = (first: 0 | 1, most: number) =>
  z.object({ pageNumber: z.int().min(first), pageSize: z.int().min(1).max(most) });
const filter = z.object({
  customFilter: z.string().optional(),
  fieldName: z.string(),
  values: z.array(z.string().nullable()),
});
const sort = z
  .array(z.object({ fieldName: z.enum(['updatedAt', 'id', 'deadline']), ascending: z.boolean() }))
  .default([]);
const listRequest = z.object({ filters: z.array(filter).default([]), sort, paging: paging(0, 1000) });
const searchRequest = z.object({
  term: z.string(),
  size: z.int().min(1).max(200),
  skip: z.int().min(0),
  allowedCategories: z.array(z.string()),
});
const contactRequest = z.object({ term: z.string(), paging: paging(1, 999) });

const read = <T>(schema: z.ZodType<T>, text: string): T => {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new Problem(400, 'One or more validation errors occurred.', text);
  }
};

/** Dates in filters come as `2026-11-01 12:00:00Z`. */
const instant = (text: string): string => {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Problem(400, 'One or more validation errors occurred.', text);
  return new Date(ms).toISOString();
};

interface Slice {
  readonly rows: readonly MomentumRow[];
  readonly total: number;
}

const rowsFor = (data: MomentumData, table: Table<MomentumRow>, text: string): Slice => {
  const { filters, paging: page } = read(listRequest, text);
  const skip = page.pageNumber * page.pageSize;
  const citizen = filters.find(({ fieldName }) => fieldName === 'citizenId')?.values[0];
  if (citizen) {
    if (data.refused.has(citizen)) throw new Problem(403, 'Forbidden', `No access to ${citizen}`);
    const rows = table.by(citizen);
    return { rows: rows.slice(skip, skip + page.pageSize), total: rows.length };
  }
  const since = filters.find(({ fieldName }) => fieldName === 'updatedAt')?.values[0];
  return table.changed(since ? instant(since) : null, skip, page.pageSize);
};

/** Everything by full text: `*` finds all, a CPR its citizen and (as full text does) nobody is promised to be exact. */
const search = (data: MomentumData, text: string): unknown => {
  const { term, size, skip, allowedCategories } = read(searchRequest, text);
  if (!allowedCategories.includes('Citizen')) return { totalCount: 0, results: [] };
  const found =
    term === '*'
      ? data.citizens.changed(null, skip, size)
      : { rows: data.citizens.by(term).slice(skip, skip + size), total: data.citizens.by(term).length };
  return {
    totalCount: found.total,
    results: found.rows.map((row) => ({ id: row.id, category: 'Citizen', title: row.displayName, isActive: true })),
  };
};

const known = (data: MomentumData, id: string): void => {
  if (data.refused.has(id)) throw new Problem(403, 'Forbidden', `No access to ${id}`);
  if (data.citizens.get(id) === undefined) throw new Problem(404, 'Not Found', `No citizen ${id}`);
};

const contacts = (data: MomentumData, citizen: string, text: string): unknown => {
  known(data, citizen);
  const { paging: page } = read(contactRequest, text);
  const rows = data.privateContacts.by(citizen);
  const skip = (page.pageNumber - 1) * page.pageSize;
  return { data: rows.slice(skip, skip + page.pageSize), totalSearchCount: rows.length };
};

/** Answers to per-citizen requests do not repeat the citizen. */
const withoutCitizen = (rows: readonly { readonly citizenId: string }[]): readonly unknown[] =>
  rows.map(({ citizenId: _, ...row }) => row);

const post = (data: MomentumData, path: string, text: string): unknown => {
  const list = /^\/(plans|offers|meetings|tasks)\/citizen$/.exec(path)?.[1] as 'plans' | 'tasks' | undefined;
  if (list !== undefined) {
    const { rows, total } = rowsFor(data, data[list] as Table<MomentumRow>, text);
    return { data: rows, totalSearchCount: total };
  }
  const citizen = /^\/citizens\/([\w-]+)\/searchPrivateContacts$/.exec(path)?.[1];
  if (citizen !== undefined) return contacts(data, citizen, text);
  if (path === '/search') return search(data, text);
  if (path === '/citizensearch') {
    const { rows, total } = rowsFor(data, data.citizens as Table<MomentumRow>, text);
    const { paging: page } = read(listRequest, text);
    return { data: rows, hasMore: (page.pageNumber + 1) * page.pageSize < total };
  }
  throw new Problem(404, 'Not Found', path);
};

const get = (data: MomentumData, url: URL): unknown => {
  const path = url.pathname;
  if (path === '/tags')
    return [{ id: 'b27b8dfa-8b19-4d0a-8c3f-6c1f5d7a0001', title: '1. fællessamtale i jobcentret gennemført' }];
  if (path === '/tagassignments') {
    const citizen = url.searchParams.get('referenceId') ?? '';
    known(data, citizen);
    return withoutCitizen(data.tags.by(citizen));
  }
  const [, list, citizen = ''] =
    /^\/(citizens|journals|responsibleCaseworkers\/all\/byCitizen)\/([\w-]+)$/.exec(path) ?? [];
  if (list === undefined) throw new Problem(404, 'Not Found', path);
  known(data, citizen);
  if (list === 'citizens') return data.citizens.get(citizen);
  return withoutCitizen(list === 'journals' ? data.journals.by(citizen) : data.caseworkers.by(citizen));
};

export const answer = (data: MomentumData, method: string, url: URL, text: string): unknown =>
  method === 'POST' ? post(data, url.pathname, text) : get(data, url);
