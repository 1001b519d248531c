// What one citizen's records add to the figures: cells, each with an amount. Pure; the citizen is counted once in each cell
// and forgotten.

/** How things are at one moment; everybody is in exactly one cell of each. */
export const partitions = ['plans', 'contacts', 'professionals', 'double-booked'] as const;
/** How things are at one moment; somebody may be in several cells. */
export const standings = ['interventions-by-domain', 'interventions-by-paragraph'] as const;
/** What happened in a month. */
export const happenings = ['goals-met', 'network-meetings', 'enrolments'] as const;
export type PartitionName = (typeof partitions)[number];
export type StandingName = (typeof standings)[number];
export type HappeningName = (typeof happenings)[number];

/** Every cell of a partition, in the order it is shown. */
export const partitionCells: Readonly<Record<PartitionName, readonly string[]>> = {
  plans: ['0', '1', '2', '3', '4+'],
  contacts: ['0', '1-2', '3-5', '6-9', '10+'],
  professionals: ['0', '1-2', '3-5', '6-9', '10+'],
  'double-booked': ['no', 'yes'],
};

/** What is read of a stored text; everything else in it stays unread. */
export interface CountedText {
  readonly kind: string;
  readonly domain: string;
  readonly status?: string;
  readonly period?: { readonly start?: string; readonly end?: string };
  readonly legalBasis?: readonly string[];
  readonly professional?: boolean;
  readonly name?: string;
  readonly start?: string;
  readonly end?: string;
  readonly allDay?: boolean;
  readonly type?: unknown;
  /** Convened in the hub itself. */
  readonly convened?: boolean;
}

export interface Counted {
  readonly name: PartitionName | StandingName | HappeningName;
  readonly cell: string;
  readonly amount: number;
  /** `2026-11`; absent: at the moment itself. */
  readonly month?: string;
}

const bandOf = (count: number): string => {
  if (count === 0) return '0';
  if (count < 3) return '1-2';
  if (count < 6) return '3-5';
  return count < 10 ? '6-9' : '10+';
};

const isOn = ({ status }: CountedText): boolean => status === 'active' || status === 'planned' || status === 'onHold';

const networkTypes = /^(network-meeting|netvaerksmoede|netværksmøde)$/i;

const isNetworkMeeting = ({ type, convened }: CountedText): boolean => {
  const { code, display } = (typeof type === 'object' && type !== null ? type : {}) as Record<string, unknown>;
  return convened === true || [code, display].some((word) => typeof word === 'string' && networkTypes.test(word));
};

/** One person known to several systems is one. */
const people = (contacts: readonly CountedText[]): number =>
  new Set(contacts.map(({ name }, index) => name?.toLocaleLowerCase('da').replaceAll(/\s+/g, ' ').trim() ?? index))
    .size;

const horizonMs = 30 * 86_400_000;

/** Two appointments of the days to come that are not at the same beginning and end, which would be one known twice. */
const isDoubleBooked = (appointments: readonly CountedText[], at: Date): boolean => {
  const spans = appointments
    .filter((one) => isOn(one) && one.allDay !== true)
    .map((one) => ({ start: Date.parse(one.start ?? ''), end: Date.parse(one.end ?? '') }))
    .filter(({ start, end }) => end > start && end > at.getTime() && start < at.getTime() + horizonMs)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let latest: (typeof spans)[number] | undefined;
  for (const span of spans) {
    const same = latest?.start === span.start && latest.end === span.end;
    if (latest !== undefined && !same && span.start < latest.end) return true;
    if (latest === undefined || span.end > latest.end) latest = span;
  }
  return false;
};

const grouped = <T>(all: readonly T[], cellsOf: (one: T) => readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const one of all) for (const cell of new Set(cellsOf(one))) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return counts;
};

const copenhagenMonth = (at: Date): string =>
  at.toLocaleDateString('sv-SE', { timeZone: 'Europe/Copenhagen' }).slice(0, 7);

/** `2026-11` of a day or an instant. */
export const monthOf = (said: string | Date | undefined): string | undefined => {
  if (said === undefined) return undefined;
  if (typeof said === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(said)) return said.slice(0, 7);
  const at = new Date(said);
  return Number.isNaN(at.getTime()) ? undefined : copenhagenMonth(at);
};

/** @param months whose happenings are counted */
export const countCitizen = (
  records: readonly CountedText[],
  at: Date,
  months: ReadonlySet<string>,
): readonly Counted[] => {
  const of = (kind: string): readonly CountedText[] => records.filter((one) => one.kind === kind);
  const contacts = of('contact');
  const plans = of('plan').filter(isOn).length;
  const running = of('intervention').filter(isOn);
  const appointments = of('appointment');
  const standing = (name: StandingName, cells: ReadonlyMap<string, number>): readonly Counted[] =>
    [...cells].map(([cell, amount]) => ({ name, cell, amount }));
  const met = of('goal').flatMap((goal) => {
    const month = goal.status === 'completed' ? monthOf(goal.period?.end) : undefined;
    return month !== undefined && months.has(month) ? [`${month} ${goal.domain}`] : [];
  });
  const held = new Set(
    appointments
      .filter(
        (one) => isNetworkMeeting(one) && one.status !== 'cancelled' && Date.parse(one.start ?? '') < at.getTime(),
      )
      .map(({ start }) => start),
  );
  const meetings = [...held].flatMap((start) => {
    const month = monthOf(start);
    return month !== undefined && months.has(month) ? [month] : [];
  });
  return [
    { name: 'plans', cell: plans > 3 ? '4+' : String(plans), amount: plans },
    { name: 'contacts', cell: bandOf(people(contacts)), amount: people(contacts) },
    ...[people(contacts.filter(({ professional }) => professional === true))].map(
      (count) => ({ name: 'professionals', cell: bandOf(count), amount: count }) as const,
    ),
    { name: 'double-booked', cell: isDoubleBooked(appointments, at) ? 'yes' : 'no', amount: 1 },
    ...standing(
      'interventions-by-domain',
      grouped(running, ({ domain }) => [domain]),
    ),
    ...standing(
      'interventions-by-paragraph',
      grouped(running, ({ legalBasis }) => (legalBasis ?? []).map((line) => line.replaceAll(/\s+/g, ' ').trim())),
    ),
    ...[...grouped(met, (one) => [one])].map(([one, amount]) => {
      const [month = '', cell = ''] = one.split(' ');
      return { name: 'goals-met', cell, amount, month } as const;
    }),
    ...[...grouped(meetings, (month) => [month])].map(
      ([month, amount]) => ({ name: 'network-meetings', cell: 'held', amount, month }) as const,
    ),
  ];
};
