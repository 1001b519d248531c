// Who may see what, as a table: readers down, areas across. What a reader sees is what the feed says they see; a word of
// the citizen is laid beside it, and nothing is decided here.
import type { MarkedConsent } from '../../../consent/before-party.ts';
import type { Speech } from '../../render.ts';

type Show = 'content' | 'busy' | 'stub' | 'hidden';

export interface ShownReader {
  readonly recipient: string;
  readonly because: readonly ('journal' | 'law' | 'said' | 'asked' | 'before')[];
  readonly name?: string;
  readonly role?: string;
  readonly unit?: string;
  readonly whole?: true;
}
export interface ReaderCell {
  readonly domain: string;
  readonly kind: string;
  readonly rule: number;
  readonly show: Show;
  readonly count: number;
}
export interface SharingReader extends ShownReader {
  readonly cells: readonly ReaderCell[];
}

export interface ShownStatute {
  readonly id: string;
  readonly title: string;
  readonly recipients: readonly string[];
  readonly domains?: readonly string[];
  readonly optOut: boolean;
}

export interface ShownProposal {
  readonly id: string;
  readonly source: string;
  readonly meeting?: string;
  readonly asked?: { readonly name?: string; readonly unit?: string; readonly why: string };
  /** Of what a professional asks. */
  readonly state?: string;
  readonly record?: string;
  readonly proposedAt: string;
  readonly recipient: string;
  readonly domains?: readonly string[];
  readonly kinds?: readonly string[];
  readonly purposes?: readonly string[];
  readonly upTo: 'normal' | 'confidential' | 'sensitive';
  readonly show: 'content' | 'busy';
  readonly from: string;
  readonly to?: string;
  readonly text: string;
}

export interface ShownMeeting {
  readonly id: string;
  readonly title: string;
  readonly start: string;
  readonly end?: string;
  readonly location?: string;
  readonly organiser?: string;
  readonly answer: 'proposed' | 'accepted' | 'declined';
  readonly status: string;
  readonly points: readonly { readonly text: string; readonly record?: string }[];
  readonly invited?: readonly { readonly recipient: string; readonly name?: string; readonly role?: string }[];
  readonly until?: string;
}

export type CellState =
  | 'self'
  | 'journal'
  | 'emergency'
  | 'law'
  | 'yes'
  | 'other'
  | 'busy'
  | 'no'
  | 'asked'
  | 'none'
  /** Of everybody: no such no. */
  | 'free';

export interface CellView {
  readonly area: string;
  readonly state: CellState;
  readonly seen: number;
  readonly total: number;
  /** The last day of what lets them see, where there is one. */
  readonly until?: string;
  /** The system that told of it, or a professional who wrote it down. */
  readonly by?: string;
  readonly asked: boolean;
}

export interface RowView {
  readonly recipient: string;
  readonly title: string;
  readonly about: string;
  readonly cells: readonly CellView[];
}

export const areas = ['employment', 'social', 'health', 'family', 'education', 'shared'] as const;
/** Stands for every recipient, in the address of a page. */
export const everybody = 'all';

/** The newest version of each, in force or to come. */
export const standing = (consents: readonly MarkedConsent[], today: string): readonly MarkedConsent[] => {
  const newest = new Map<string, MarkedConsent>();
  for (const one of consents) if (one.version > (newest.get(one.id)?.version ?? 0)) newest.set(one.id, one);
  return [...newest.values()].filter(({ withdrawn, to = '9999' }) => !withdrawn && to >= today);
};

interface Reach {
  readonly recipient?: string;
  readonly domains?: readonly string[];
  /** Absent: it asks for a grant. */
  readonly decision?: string;
}
/** A grant reaches health only where it names it. */
const inArea = ({ domains, decision }: Reach, area: string | undefined): boolean =>
  area === undefined || (domains?.includes(area) ?? (area !== 'health' || decision === 'refuse'));
/** Is it about this reader (a refusal of everybody is) and area? */
export const isAbout = (one: Reach, recipient: string, area: string | undefined): boolean =>
  (one.recipient ?? everybody) === recipient && inArea(one, area);

const ruleStates: readonly (readonly [number, CellState])[] = [
  [1, 'self'],
  [2, 'journal'],
  [3, 'emergency'],
  [4, 'law'],
];

export const cellOf = (
  reader: SharingReader,
  area: string,
  said: readonly MarkedConsent[],
  asked: readonly ShownProposal[],
): CellView => {
  const here = reader.cells.filter(({ domain }) => domain === area);
  const count = (cells: readonly ReaderCell[]): number => cells.reduce((sum, cell) => sum + cell.count, 0);
  const seen = here.filter(({ show }) => show === 'content');
  const own = said.filter((one) => isAbout(one, reader.recipient, area));
  const yes = own.filter(({ decision }) => decision === 'grant');
  const no = own.some(({ decision }) => decision === 'refuse') || here.some(({ rule }) => rule === 5);
  const isAsked = asked.some((one) => isAbout(one, reader.recipient, area));
  const byRule = ruleStates.find(([rule]) => seen.some((cell) => cell.rule === rule))?.[1];
  const state = ((): CellState => {
    if (byRule !== undefined) return byRule;
    if (seen.length > 0) return yes.length > 0 ? 'yes' : 'other';
    if (here.some(({ show }) => show === 'busy')) return 'busy';
    if (no) return 'no';
    if (yes.length > 0) return 'yes';
    return isAsked ? 'asked' : reader.recipient === everybody ? 'free' : 'none';
  })();
  const until = yes.map(({ to }) => to).sort((a = '', b = '') => a.localeCompare(b))[0];
  const [first] = yes.filter(({ source, recordedAs }) => source !== undefined || recordedAs === 'professional');
  const by = first === undefined ? undefined : (first.source ?? 'professional');
  return {
    ...{ area, state, seen: count(seen), total: count(here), asked: isAsked },
    ...(state === 'yes' && until !== undefined ? { until } : {}),
    ...(state === 'yes' && by !== undefined ? { by } : {}),
  };
};

type Words = Pick<Speech, 't' | 'word'>;
const partsOf = ({ recipient }: Pick<ShownReader, 'recipient'>): readonly [type: string, id: string] => {
  const [type = '', ...rest] = recipient.split(':');
  return [type, rest.join(':')];
};
/** Role and place of a person, as far as the log knows them. */
const workOf = ({ role, unit }: ShownReader, { t, word }: Words): string | undefined => {
  const said = role === undefined ? undefined : word('sharing.role', role);
  return said !== undefined && unit !== undefined ? t('sharing.roleAt', { role: said, unit }) : (said ?? unit);
};

/** What people call a reader. `names`: of persons, as meetings call them. */
export const titleOf = (reader: ShownReader, names: ReadonlyMap<string, string>, words: Words): string => {
  const { recipient, name } = reader;
  if (recipient === everybody) return words.t('sharing.everybody');
  const [type, id] = partsOf(reader);
  if (type === 'role') return words.t('sharing.everyRole', { role: words.word('sharing.role', id) });
  return names.get(recipient) ?? name ?? id;
};

export const aboutOf = (reader: ShownReader, names: ReadonlyMap<string, string>, words: Words): string => {
  const [type] = partsOf(reader);
  const nameless = type === 'person' && reader.name === undefined && !names.has(reader.recipient);
  return (
    (type === 'person' ? workOf(reader, words) : undefined) ??
    (nameless ? words.t('sharing.nameless') : words.t(`sharing.type.${reader.whole === true ? 'whole' : type}`))
  );
};

/** The feed knows people, roles and systems by id; what people call them is said instead. Who told of it stands beside. */
export const inNames = <T extends { readonly recipient?: string; readonly text: string }>(one: T, title: string): T => {
  const [type, id] = partsOf({ recipient: one.recipient ?? '' });
  const called: Readonly<Record<string, readonly [known: string, said: string]>> = {
    person: [`personen ${id}`, title],
    role: [`alle med rollen ${id}`, title.charAt(0).toLowerCase() + title.slice(1)],
    consumer: [`systemet ${id} og alle dets autoriserede brugere i organisationen`, `${title} og dem, der bruger det`],
  };
  const [known, said] = called[type] ?? ['', ''];
  const text = one.text.replace(/ Registreret i \S+ den [\d.]+\.$/, '');
  return { ...one, text: known === '' ? text : text.replace(known, () => said) };
};

export const namesOf = (meetings: readonly ShownMeeting[]): ReadonlyMap<string, string> =>
  new Map(
    meetings.flatMap(({ invited = [] }) =>
      // Somebody's name is no name of the whole unit they come from.
      invited.flatMap(({ recipient, name }) =>
        name === undefined || !recipient.startsWith('person:') ? [] : [[recipient, name] as const],
      ),
    ),
  );

const places = ['person', 'unit', 'organisation', 'role', 'consumer', everybody];
export const byType = (a: ShownReader, b: ShownReader): number => {
  const place = ({ recipient }: ShownReader): number => places.indexOf(recipient.split(':')[0] ?? '');
  return place(a) - place(b) || a.recipient.localeCompare(b.recipient);
};

/** Areas the citizen has something in, or has said something about. */
export const shownAreas = (
  readers: readonly SharingReader[],
  said: readonly Reach[],
): readonly (typeof areas)[number][] => {
  const known = new Set([
    ...readers.flatMap(({ cells }) => cells.map(({ domain }) => domain)),
    ...said.flatMap(({ domains = [] }) => domains),
  ]);
  const found = areas.filter((area) => known.has(area));
  return found.length === 0 ? areas.slice(0, 3) : found;
};
