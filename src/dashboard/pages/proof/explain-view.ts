// Decisions as a page shows them: counted by area and kind with the rules that decide, one by one with their ground, and
// what differs between two readers or two moments. Nothing is decided here: the feed's own answers, laid out.
export interface Decided {
  readonly record: string;
  readonly kind: string;
  readonly domain: string;
  readonly source: string;
  readonly show: 'content' | 'busy' | 'stub' | 'hidden';
  readonly rule: number;
  readonly basis?: string;
  readonly text: string;
}

export interface Cell {
  readonly total: number;
  readonly shown: number;
  /** Time or existence alone. */
  readonly less: number;
  /** The rules that show something; where nothing is shown, those that keep it. */
  readonly rules: readonly number[];
}

export interface Matrix {
  readonly domains: readonly string[];
  readonly rows: readonly { readonly kind: string; readonly cells: readonly (Cell | undefined)[] }[];
}

const domainOrder = ['employment', 'social', 'health', 'family', 'education', 'shared'];
const kindOrder = ['citizen', 'plan', 'goal', 'intervention', 'contact', 'appointment', 'statusEntry'];
const placeIn =
  (order: readonly string[]) =>
  (a: string, b: string): number => {
    const of = (one: string): number => (order.includes(one) ? order.indexOf(one) : order.length);
    return of(a) - of(b) || (a < b ? -1 : 1);
  };

const cellOf = (decided: readonly Decided[]): Cell => {
  const seen = decided.filter(({ show }) => show !== 'hidden');
  const rules = (seen.length > 0 ? seen : decided).map(({ rule }) => rule);
  return {
    total: decided.length,
    shown: decided.filter(({ show }) => show === 'content').length,
    less: decided.filter(({ show }) => show === 'busy' || show === 'stub').length,
    rules: [...new Set(rules)].sort((a, b) => a - b),
  };
};

export const matrixOf = (decided: readonly Decided[]): Matrix => {
  const domains = [...new Set(decided.map(({ domain }) => domain))].sort(placeIn(domainOrder));
  const byKind = Map.groupBy(decided, ({ kind }) => kind);
  const rows = [...byKind.keys()].sort(placeIn(kindOrder)).map((kind) => {
    const byDomain = Map.groupBy(byKind.get(kind) ?? [], ({ domain }) => domain);
    return {
      kind,
      cells: domains.map((domain) => {
        const here = byDomain.get(domain);
        return here === undefined ? undefined : cellOf(here);
      }),
    };
  });
  return { domains, rows };
};

export interface Difference {
  readonly record: string;
  readonly kind: string;
  readonly domain: string;
  readonly source: string;
  /** As much is shown; only the ground is another. */
  readonly groundOnly: boolean;
  /** Absent: the record was not there. */
  readonly first?: Decided;
  readonly second?: Decided;
}

const shownOf = (one: Decided | undefined): Decided['show'] => one?.show ?? 'hidden';

/**
 * What the two see differently, then what they see on another ground, by area and kind. A record that was not there and one
 * that is hidden come to the same for a reader.
 */
export const differencesOf = (first: readonly Decided[], second: readonly Decided[]): readonly Difference[] => {
  const [one, other] = [first, second].map((all) => new Map(all.map((decided) => [decided.record, decided])));
  const records = [...new Set([...first, ...second].map(({ record }) => record))];
  const found = records.flatMap((record): readonly Difference[] => {
    const [a, b] = [one?.get(record), other?.get(record)];
    const known = a ?? b;
    const groundOnly = shownOf(a) === shownOf(b);
    if (known === undefined || (groundOnly && (a === undefined || b === undefined))) return [];
    if (groundOnly && a?.rule === b?.rule && a?.basis === b?.basis) return [];
    const { kind, domain, source } = known;
    return [
      {
        record,
        groundOnly,
        kind,
        domain,
        source,
        ...(a === undefined ? {} : { first: a }),
        ...(b === undefined ? {} : { second: b }),
      },
    ];
  });
  const [byDomain, byKind] = [placeIn(domainOrder), placeIn(kindOrder)];
  return found.sort(
    (a, b) =>
      Number(a.groundOnly) - Number(b.groundOnly) ||
      (a.domain === b.domain ? 0 : byDomain(a.domain, b.domain)) ||
      (a.kind === b.kind ? 0 : byKind(a.kind, b.kind)),
  );
};

export interface LikeDifferences extends Omit<Difference, 'record'> {
  readonly records: readonly string[];
}

/** Those of one kind and source that differ in the same way, as one. */
export const alike = (differences: readonly Difference[]): readonly LikeDifferences[] => {
  const side = (one: Decided | undefined): string => (one === undefined ? '' : `${one.show} ${one.rule}`);
  const groups = Map.groupBy(differences, ({ kind, domain, source, groundOnly, first, second }) =>
    JSON.stringify([kind, domain, source, groundOnly, side(first), side(second)]),
  );
  return [...groups.values()].flatMap((group) => {
    const [one] = group;
    if (one === undefined) return [];
    const { record: _, ...like } = one;
    return [{ ...like, records: group.map(({ record }) => record) }];
  });
};
