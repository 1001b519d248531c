// Overlaps and conflicts between what different systems hold, by three rules, each with both sides and a reason. They are
// found in what the reader sees and shown to them; nothing is resolved or stored.
// 1. doubleBooking: two meetings (after those of two systems that are one have been put together) share time.
// 2. sameEffort: interventions of two systems have the same name, or the same paragraph and provider, and periods that overlap.
// 3. contradictingGoals: goals to develop and to limit loss are about the same area (condition, or parent goal's area).
import { type Appointment, endOf, meetingsOf } from './calendar-meetings.ts';

export type OverlapRule = 'doubleBooking' | 'sameEffort' | 'contradictingGoals';

export interface OverlapSide {
  readonly record: string;
  readonly source: string;
  readonly domain: string;
  readonly title: string;
  readonly journalUrl?: string;
}

export interface Overlap {
  readonly rule: OverlapRule;
  /** In Danish, for whoever reads it. */
  readonly reason: string;
  readonly sides: readonly [OverlapSide, OverlapSide];
  /** From when to when both hold, where it is about time. */
  readonly from?: string;
  readonly to?: string;
}

export interface OverlapRecord {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly domain: string;
  readonly status?: string;
  readonly title?: string;
  readonly text?: string;
  readonly journalUrl?: string;
  readonly period?: { readonly start?: string; readonly end?: string };
  readonly legalBasis?: readonly string[];
  readonly type?: unknown;
  readonly [field: string]: unknown;
}

export interface OverlapLink {
  readonly from: string;
  readonly rel: string;
  readonly to: string;
}

const over = (record: { readonly status?: string }): boolean =>
  record.status === 'cancelled' || record.status === 'completed';

const plain = (text: string | undefined): string =>
  (text ?? '')
    .normalize('NFKC')
    .toLocaleLowerCase('da')
    .replaceAll(/[^\p{L}\p{N}§]+/gu, ' ')
    .trim();

const sideOf = (record: Omit<OverlapSide, 'record'> & { readonly id: string }): OverlapSide => ({
  record: record.id,
  source: record.source,
  domain: record.domain,
  title: record.title,
  ...(record.journalUrl === undefined ? {} : { journalUrl: record.journalUrl }),
});
const named = (record: OverlapRecord): OverlapSide =>
  sideOf({ ...record, title: record.title ?? record.text ?? record.kind });

const pairs = <T>(list: readonly T[]): readonly (readonly [T, T])[] =>
  list.flatMap((one, n) => list.slice(n + 1).map((other) => [one, other] as const));

const doubleBookings = (
  appointments: readonly Appointment[],
  order: readonly string[],
  now: Date,
): readonly Overlap[] => {
  const meetings = meetingsOf(
    appointments.filter((one) => !over(one) && one.allDay !== true && endOf(one) > now.getTime()),
    order,
  );
  const found: Overlap[] = [];
  for (const [n, one] of meetings.entries())
    for (const other of meetings.slice(n + 1)) {
      // In order of time: whoever starts after this one has ended overlaps it no more, nor does anyone later.
      if (Date.parse(other.start) >= endOf(one)) break;
      const [a, b] = [one.records[0], other.records[0]];
      if (a === undefined || b === undefined) continue;
      found.push({
        rule: 'doubleBooking',
        reason: 'To aftaler ligger oven i hinanden.',
        sides: [sideOf({ ...a, title: one.title }), sideOf({ ...b, title: other.title })],
        from: new Date(other.start).toISOString(),
        to: new Date(Math.min(endOf(one), endOf(other))).toISOString(),
      });
    }
  return found;
};

/** What makes two efforts the same: the name, or the legal paragraph together with the provider. */
const marksOf = (record: OverlapRecord): readonly string[] => {
  const [name, provider] = [plain(record.title), plain(record['provider'] as string | undefined)];
  const byLaw = provider === '' ? [] : (record.legalBasis ?? []).map((basis) => `${plain(basis)} / ${provider}`);
  return [...(name === '' ? [] : [name]), ...byLaw];
};

/** Days both hold, both included; an open end is open. Undefined when they never hold together. */
const together = (a: OverlapRecord, b: OverlapRecord): { readonly from?: string; readonly to?: string } | undefined => {
  const from = [a.period?.start, b.period?.start]
    .filter((day) => day !== undefined)
    .sort()
    .at(-1);
  const to = [a.period?.end, b.period?.end]
    .filter((day) => day !== undefined)
    .sort()
    .at(0);
  if (from !== undefined && to !== undefined && from > to) return undefined;
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
};

const sameEfforts = (interventions: readonly OverlapRecord[]): readonly Overlap[] =>
  pairs(interventions.filter((record) => !over(record))).flatMap(([a, b]): readonly Overlap[] => {
    if (a.source === b.source) return [];
    const marks = marksOf(b);
    const period = marksOf(a).some((mark) => marks.includes(mark)) ? together(a, b) : undefined;
    return period === undefined
      ? []
      : [
          {
            rule: 'sameEffort',
            reason: 'To systemer har den samme indsats i den samme periode.',
            sides: [named(a), named(b)],
            ...period,
          },
        ];
  });

/** What a goal is about: the conditions it names, or those its parent goals name. */
const areasOf = (id: string, links: ReadonlyMap<string, readonly OverlapLink[]>, depth = 0): readonly string[] =>
  (links.get(id) ?? []).flatMap((link) =>
    link.rel === 'about' ? [link.to] : link.rel === 'parent' && depth < 5 ? areasOf(link.to, links, depth + 1) : [],
  );

const contradictions = (
  goals: readonly OverlapRecord[],
  conditions: ReadonlyMap<string, OverlapRecord>,
  links: ReadonlyMap<string, readonly OverlapLink[]>,
): readonly Overlap[] => {
  // Two systems have a condition each; the same code or name is the same area.
  const area = (id: string): string => {
    const type = conditions.get(id)?.type as { readonly code?: string; readonly display?: string } | undefined;
    return type?.code ?? id;
  };
  const about = new Map(goals.map((goal) => [goal.id, new Set(areasOf(goal.id, links).map(area))]));
  const directions = new Set(['develop limitLoss', 'limitLoss develop']);
  return pairs(goals.filter((goal) => !over(goal))).flatMap(([a, b]): readonly Overlap[] => {
    if (!directions.has(`${a.type} ${b.type}`)) return [];
    const common = [...(about.get(a.id) ?? [])].some((one) => about.get(b.id)?.has(one) === true);
    return common
      ? [
          {
            rule: 'contradictingGoals',
            reason: 'Det ene mål er at udvikle, det andet at begrænse tab, på det samme område.',
            sides: [named(a), named(b)],
          },
        ]
      : [];
  });
};

/** In a fixed order: by rule, then time, then records. @param order sources as they are preferred */
export const overlapsOf = (
  records: readonly OverlapRecord[],
  links: readonly OverlapLink[],
  order: readonly string[],
  now: Date,
): readonly Overlap[] => {
  const of = (kind: string): readonly OverlapRecord[] =>
    records.filter((record) => record.kind === kind).sort((a, b) => (a.id < b.id ? -1 : 1));
  const conditions = new Map(of('condition').map((record) => [record.id, record]));
  const byRecord = Map.groupBy(links, (link) => link.from);
  return [
    ...doubleBookings(of('appointment') as unknown as readonly Appointment[], order, now),
    ...sameEfforts(of('intervention')),
    ...contradictions(of('goal'), conditions, byRecord),
  ];
};
