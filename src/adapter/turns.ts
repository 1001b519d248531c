// Numbered paging, by record or by page: which number to ask for, and what an answer says of the next one. A page that is
// shorter than it should be is a fault, not the end; without a total only an empty page is the end.
import type { HubError } from '../errors.ts';
import { type Asked, badAnswer, type Part } from './listing.ts';

export type Followed = Pick<Part, 'next' | 'total' | 'back'>;

export interface NumberedTurn {
  /** The number to ask for. */
  readonly at: number;
  /** After an answer with so many records, and what it said. */
  follow(count: number, said: { readonly total?: number | undefined; readonly more?: boolean | undefined }): Followed;
}

const short = (): HubError =>
  badAnswer(
    'The source sent fewer records than its page should hold.',
    'If it sends at most so many per page, set `pageSize` to that.',
    'transient',
  );

const withTotal = (total: number | undefined): { total?: number } => (total === undefined ? {} : { total });

/** By record, from 0. `overlap` records are asked for again, so that a row which left an earlier page hides nothing. */
export const byOffset =
  ({ size, overlap }: { readonly size: number; readonly overlap: number }) =>
  (asked: Asked): NumberedTurn => {
    const wanted = Math.max(0, (typeof asked.at === 'number' ? asked.at : 0) - (asked.resumed ? size : 0));
    const at = Math.max(0, wanted - overlap);
    return {
      at,
      follow(count, { total }) {
        const end = at + count;
        const last = total === undefined ? end <= wanted : end >= total;
        if (!last && end <= wanted && (count > 0 || at === 0)) throw short();
        // Something of the page before must be there again, or rows have slid out of sight.
        const back = at > 0 && at < wanted ? { back: Math.max(0, wanted - size) } : {};
        return { next: last ? null : Math.max(end, wanted), ...withTotal(total), ...back };
      },
    };
  };

/** By page, from `first`. One for each pull: it remembers how long the pages are. */
export const byPage = ({ size, first }: { readonly size: number; readonly first: number }) => {
  let length = 0;
  let ending = false;
  return (asked: Asked): NumberedTurn => {
    const wanted = typeof asked.at === 'number' ? asked.at : first;
    const at = asked.resumed ? Math.max(first, wanted - 1) : wanted;
    return {
      at,
      follow(count, { total, more: told }) {
        const left = total === undefined ? undefined : total - (at - first) * size;
        const more = told ?? (left === undefined ? count > 0 : left > size);
        if ((more && told !== undefined && count === 0) || count < Math.min(left ?? 0, size)) throw short();
        if (ending && count > 0) throw short();
        if (told === undefined && left === undefined) ending = count < length;
        length = Math.max(length, count);
        // Fewer than before: what followed has moved up into pages that were read.
        const shrunk = total !== undefined && asked.total !== null && total < asked.total && at > first;
        return { next: more ? at + 1 : null, ...withTotal(total), ...(shrunk ? { back: at - 1 } : {}) };
      },
    };
  };
};

const yes = /^(true|1|ja|yes|j|y)$/i;
const no = /^(false|0|nej|no|n)$/i;

/** What a field says of whether there is more. @throws when it does not say */
export const saysMore = (text: string | undefined): boolean => {
  if (text !== undefined && yes.test(text)) return true;
  if (text !== undefined && no.test(text)) return false;
  throw badAnswer('The answer does not say whether there is more.', 'Check `paging.hasMore`.');
};
