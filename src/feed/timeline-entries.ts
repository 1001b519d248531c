// The course over time: what the shown records say happened or will happen, each with its day or instant and where it
// stands. Made from records the reader sees, newest first; nothing is added that no source said.

export interface TimelineRecord {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly domain: string;
  readonly journalUrl?: string;
  readonly title?: string;
  readonly text?: string;
  readonly status?: string;
  readonly period?: { readonly start?: string; readonly end?: string };
  readonly grantedAt?: string;
  readonly followUpAt?: string;
  readonly start?: string;
  readonly at?: string;
  readonly date?: string;
  readonly what?: string;
  readonly answer?: string;
  readonly answeredAt?: string;
  readonly type?: string | { readonly display: string };
  readonly measure?: object;
}

export type What =
  | 'status'
  | 'begins'
  | 'ends'
  | 'granted'
  | 'followUp'
  | 'appointment'
  | 'journal'
  | 'comment'
  | 'request'
  | 'answer';

export interface TimelineEntry {
  /** A Copenhagen day or an instant. */
  readonly at: string;
  readonly what: What;
  readonly record: string;
  readonly kind: string;
  readonly source: string;
  readonly domain: string;
  readonly title: string;
  readonly text?: string;
  readonly type?: string;
  readonly status?: string;
  readonly measure?: object;
  readonly journalUrl?: string;
}

const typeOf = ({ type }: TimelineRecord): string | undefined => (typeof type === 'object' ? type.display : type);

/** What a status entry of each type is called when the source says no more. */
const statusNames: Readonly<Record<string, string>> = {
  status: 'Status',
  progress: 'Fremskridt',
  admission: 'Indlæggelse eller udskrivning',
  decision: 'Afgørelse',
  functionalLevel: 'Funktionsevne',
  supportNeed: 'Støttebehov',
};

const moments = (record: TimelineRecord): readonly (readonly [What, string | undefined])[] => {
  const { period } = record;
  switch (record.kind) {
    case 'statusEntry':
      return [['status', record.at]];
    case 'appointment':
      return [['appointment', record.start]];
    case 'journalReference':
      return [['journal', record.date]];
    case 'agreement':
      return [['followUp', record.followUpAt]];
    case 'comment':
      return [['comment', record.at]];
    case 'request':
      return [
        ['request', record.at],
        ['answer', record.answeredAt],
      ];
    case 'plan':
    case 'goal':
    case 'condition':
    case 'intervention':
      return [
        ['granted', record.grantedAt],
        ['begins', period?.start],
        ['followUp', record.followUpAt],
        ['ends', period?.end],
      ];
    default:
      return [];
  }
};

const titleOf = (record: TimelineRecord, what: What): string =>
  (what === 'answer' ? record.answer?.slice(0, 200) : undefined) ??
  record.title ??
  (record.kind === 'statusEntry' ? (statusNames[typeOf(record) ?? ''] ?? 'Status') : undefined) ??
  (record.kind === 'condition' ? typeOf(record) : undefined) ??
  (record.text ?? record.what)?.slice(0, 200) ??
  record.kind;

const entryOf = (record: TimelineRecord, what: What, at: string): TimelineEntry => {
  const type = typeOf(record);
  const told = record.kind === 'statusEntry' && record.text !== undefined ? { text: record.text } : {};
  return {
    at,
    what,
    record: record.id,
    kind: record.kind,
    source: record.source,
    domain: record.domain,
    title: titleOf(record, what),
    ...told,
    ...(type === undefined ? {} : { type }),
    ...(record.status === undefined ? {} : { status: record.status }),
    ...(record.measure === undefined ? {} : { measure: record.measure }),
    ...(record.journalUrl === undefined ? {} : { journalUrl: record.journalUrl }),
  };
};

const days: Readonly<Record<What, number>> = {
  granted: 0,
  begins: 1,
  status: 2,
  appointment: 3,
  journal: 4,
  followUp: 5,
  ends: 6,
  comment: 7,
  request: 8,
  answer: 9,
};

/** Sorts as time does; days before instants of that day. Total, so that a page can be gone on from. */
export const placeOf = (entry: TimelineEntry): string =>
  `${/^\d{4}-\d\d-\d\d$/.test(entry.at) ? `${entry.at}T` : new Date(entry.at).toISOString()} ${days[entry.what]} ${entry.record}`;

/** Newest first. */
export const timelineOf = (records: readonly TimelineRecord[]): readonly TimelineEntry[] =>
  records
    .flatMap((record) => moments(record).flatMap(([what, at]) => (at === undefined ? [] : [entryOf(record, what, at)])))
    .map((entry) => ({ entry, place: placeOf(entry) }))
    .sort((a, b) => (a.place < b.place ? 1 : -1))
    .map(({ entry }) => entry);
