// A cause of quarantine as pages name it: in the address, in a form, and in words.
import { z } from 'zod';
import type { Cause, QuarantineFilter } from '../../../store/quarantine-read.ts';
import type { DashboardContext } from '../../context.ts';
import type { Speech } from '../../render.ts';

const name = z.string().max(200);
const place = z.string().max(1000);

/** Of an address: each may be missing. */
export const causeFilters = { source: name, kind: name, code: place, path: place };
/** Of a form. */
export const causeForm = z.object({
  source: name,
  kind: name.optional(),
  code: place.optional(),
  path: place.optional(),
});

export type PartOfCause = { readonly [K in keyof Cause]?: string | undefined };

/** As the store asks for it. */
export const filterOf = ({ source, kind, code, path }: PartOfCause): QuarantineFilter => ({
  ...(source === undefined ? {} : { source }),
  ...(kind === undefined ? {} : { kinds: [kind] }),
  ...(code === undefined ? {} : { code }),
  ...(path === undefined ? {} : { path }),
});

/** `source=…&kind=…`; what is not told is left out. */
export const causeQuery = ({ source, kind, code, path }: PartOfCause): string =>
  new URLSearchParams(
    Object.entries({ source, kind, code, path }).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [[key, value]],
    ),
  ).toString();

/** What is wrong, in words; a code nobody has put into words stays as it is. */
export const issueWords = ({ word }: Pick<Speech, 'word'>, code: string): string => {
  if (code.startsWith('body/')) return word('issue', 'body');
  const problem = code.slice(code.lastIndexOf('/') + 1);
  const key = problem === 'unreadable' ? code : problem;
  const words = word('issue', key);
  return words === key ? code : words;
};

export const titleOf = (context: Pick<DashboardContext, 'sources'>, source: string): string =>
  context.sources.find((one) => one.name === source)?.title ?? source;
