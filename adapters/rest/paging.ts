// The four ways of paging: which parameters ask for a place, and which place an answer says comes next. A page that is
// shorter than it should be is a fault, not the end; without a total or a token only an empty page is the end.
import { countAt, textAt } from '../../src/adapter/fields.ts';
import { type Asked, badAnswer, type Place } from '../../src/adapter/listing.ts';
import type { HubError } from '../../src/errors.ts';
import type { Answer } from './answer.ts';
import type { Paging } from './paging-config.ts';
import type { Param } from './request.ts';

export interface Turn {
  readonly params: readonly Param[];
  /** The whole address, where the source gave one. */
  readonly url?: string;
  /** What the answer says of the next place, and of the list. */
  follow(answer: Answer, url: string): { readonly next: Place; readonly total?: number; readonly back?: number };
}

export type Pager = (asked: Asked) => Turn;

const short = (): HubError =>
  badAnswer(
    'The source sent fewer records than its page should hold.',
    'If it sends at most so many per page, set `pageSize` to that.',
    'transient',
  );

const withTotal = (total: number | undefined): { total?: number } => (total === undefined ? {} : { total });

const byOffset =
  (paging: Extract<Paging, { style: 'offset' }>, size: number): Pager =>
  (asked) => {
    const wanted = Math.max(0, (typeof asked.at === 'number' ? asked.at : 0) - (asked.resumed ? size : 0));
    const start = Math.max(0, wanted - paging.overlap);
    return {
      params: [
        { name: paging.offset, value: start, in: paging.in },
        { name: paging.limit, value: size, in: paging.in },
      ],
      follow({ records, rest }) {
        const total = countAt(rest, paging.total);
        const end = start + records.length;
        const last = total === undefined ? end <= wanted : end >= total;
        if (!last && end <= wanted && records.length === 0 && start === 0) throw short();
        // Something of the page before must be there again, or rows have slid out of sight.
        const back = start > 0 && start < wanted ? { back: Math.max(0, wanted - size) } : {};
        if (!last && end <= wanted && records.length > 0) throw short();
        return { next: last ? null : Math.max(end, wanted), ...withTotal(total), ...back };
      },
    };
  };

const yes = /^(true|1|ja|yes|j|y)$/i;
const no = /^(false|0|nej|no|n)$/i;

const byPage = (paging: Extract<Paging, { style: 'page' }>, size: number): Pager => {
  /** How long this pull's pages are, and whether one was shorter. */
  let length = 0;
  let ending = false;
  return (asked) => {
    const at = typeof asked.at === 'number' ? asked.at : paging.first;
    const page = asked.resumed ? Math.max(paging.first, at - 1) : at;
    return {
      params: [
        { name: paging.page, value: page, in: paging.in },
        { name: paging.size, value: size, in: paging.in },
      ],
      follow({ records, rest }) {
        const total = countAt(rest, paging.total);
        const left = total === undefined ? undefined : total - (page - paging.first) * size;
        const told = paging.hasMore === undefined ? undefined : (textAt(rest, paging.hasMore) ?? '');
        if (told !== undefined && !yes.test(told) && !no.test(told))
          throw badAnswer('The answer does not say whether there is more.', 'Check `paging.hasMore`.');
        const more = told === undefined ? (left === undefined ? records.length > 0 : left > size) : yes.test(told);
        if ((more && told !== undefined && records.length === 0) || records.length < Math.min(left ?? 0, size))
          throw short();
        if (ending && records.length > 0) throw short();
        if (told === undefined && left === undefined) ending = records.length < length;
        length = Math.max(length, records.length);
        // Fewer than before: what followed has moved up into pages that were read.
        const shrunk = total !== undefined && asked.total !== null && total < asked.total && page > paging.first;
        return { next: more ? page + 1 : null, ...withTotal(total), ...(shrunk ? { back: page - 1 } : {}) };
      },
    };
  };
};

const byCursor =
  (paging: Extract<Paging, { style: 'cursor' }>, size: number): Pager =>
  ({ at }) => ({
    params: [
      { name: paging.limit, value: size, in: paging.in },
      ...(at === null ? [] : [{ name: paging.param, value: at, in: paging.in }]),
    ],
    follow: ({ rest }) => ({ next: textAt(rest, paging.token) ?? null, ...withTotal(countAt(rest, paging.total)) }),
  });

/** `<https://…>; rel="next"` among others. */
const nextInHeader = (header: string | undefined): string | undefined => {
  for (const [, target, params] of (header ?? '').matchAll(/<([^>]*)>([^<]*)/g))
    if (/;\s*rel\s*=\s*("[^"]*\bnext\b[^"]*"|next\b)/i.test(params ?? '')) return target;
  return undefined;
};

/** @throws when it leads to another host, to which credentials would go along */
const sameHost = (link: string, from: string): string => {
  const url = URL.parse(link, from);
  if (url === null || url.origin !== new URL(from).origin)
    throw badAnswer(
      'The address of the next page leads to another host than `baseUrl`; it was not followed.',
      'Set `baseUrl` to the address the source itself uses, or choose another way of paging.',
    );
  return url.href;
};

const byLink =
  (paging: Extract<Paging, { style: 'link' }>, size: number, baseUrl: string): Pager =>
  ({ at }) => ({
    params: [{ name: paging.limit, value: size, in: 'query' }],
    ...(typeof at === 'string' ? { url: sameHost(at, baseUrl) } : {}),
    follow({ rest, headers }, from) {
      const link = paging.next === undefined ? nextInHeader(headers['link']) : textAt(rest, paging.next);
      const next = link === undefined ? null : sameHost(link, from);
      return { next, ...withTotal(countAt(rest, paging.total)) };
    },
  });

export const pagerOf = (paging: Paging, size: number, baseUrl: string): Pager => {
  switch (paging.style) {
    case 'none':
      return () => ({
        params: [],
        follow: ({ rest }) => ({ next: null, ...withTotal(countAt(rest, paging.total)) }),
      });
    case 'offset':
      return byOffset(paging, size);
    case 'page':
      return byPage(paging, size);
    case 'cursor':
      return byCursor(paging, size);
    case 'link':
      return byLink(paging, size, baseUrl);
  }
};
