// The four ways of paging: which parameters ask for a place, and which place an answer says comes next.
import { countAt, textAt } from '../../src/adapter/fields.ts';
import type { Asked, Place } from '../../src/adapter/listing.ts';
import { sameHost } from '../../src/adapter/same-host.ts';
import { byOffset, byPage, saysMore } from '../../src/adapter/turns.ts';
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

const withTotal = (total: number | undefined): { total?: number } => (total === undefined ? {} : { total });

const offsetPager = (paging: Extract<Paging, { style: 'offset' }>, size: number): Pager => {
  const turns = byOffset({ size, overlap: paging.overlap });
  return (asked) => {
    const turn = turns(asked);
    return {
      params: [
        { name: paging.offset, value: turn.at, in: paging.in },
        { name: paging.limit, value: size, in: paging.in },
      ],
      follow: ({ records, rest }) => turn.follow(records.length, { total: countAt(rest, paging.total) }),
    };
  };
};

const pagePager = (paging: Extract<Paging, { style: 'page' }>, size: number): Pager => {
  const turns = byPage({ size, first: paging.first });
  return (asked) => {
    const turn = turns(asked);
    return {
      params: [
        { name: paging.page, value: turn.at, in: paging.in },
        { name: paging.size, value: size, in: paging.in },
      ],
      follow({ records, rest }) {
        const more = paging.hasMore === undefined ? undefined : saysMore(textAt(rest, paging.hasMore));
        return turn.follow(records.length, { total: countAt(rest, paging.total), more });
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
      return offsetPager(paging, size);
    case 'page':
      return pagePager(paging, size);
    case 'cursor':
      return byCursor(paging, size);
    case 'link':
      return byLink(paging, size, baseUrl);
  }
};
