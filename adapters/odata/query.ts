// Query options as OData writes them: `$` as it is, everything else percent-encoded, blanks never as `+`.
import { writeInstant } from '../../src/adapter/instants.ts';
import type { Expand, KindConfig } from './kind.ts';

export type Options = Readonly<Record<string, string | number | undefined>>;

export const written = (options: Options): string =>
  Object.entries(options)
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');

const expanded = (expand: Readonly<Record<string, Expand>>): string =>
  Object.entries(expand)
    .map(([name, inner]) => {
      const below = expanded(inner.expand);
      const own = [
        ...(inner.select.length === 0 ? [] : [`$select=${inner.select.join(',')}`]),
        ...(below === '' ? [] : [`$expand=${below}`]),
      ];
      return `${name.replace(/\[\]$/, '')}${own.length === 0 ? '' : `(${own.join(';')})`}`;
    })
    .join(',');

const both = (...filters: readonly (string | undefined)[]): string | undefined => {
  const given = filters.filter((filter) => filter !== undefined);
  return given.length < 2 ? given[0] : given.map((filter) => `(${filter})`).join(' and ');
};

/** What is asked of a kind's entity set, apart from the page. */
export const optionsOf = (kind: KindConfig, since: number | null, filter?: string): Options => {
  const { select, expand, changedSince, key } = kind;
  const changed =
    changedSince === undefined || since === null
      ? undefined
      : `${changedSince.field} ge ${writeInstant(since, changedSince.format)}`;
  const order = changedSince === undefined ? key.join(',') : [changedSince.field, ...key].join(',');
  const wanted = select.length === 0 ? [] : [...new Set([...select, ...key])];
  return {
    $select: wanted.join(','),
    $expand: expanded(expand),
    $filter: both(kind.filter, changed, filter),
    $orderby: kind.orderby ?? order,
  };
};

/** A key inside an address: a number, or a text in quotes. */
export const literal = (key: string): string =>
  /^(\d{1,18}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(key) ? key : `'${key.replaceAll("'", "''")}'`;
