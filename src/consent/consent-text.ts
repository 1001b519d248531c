// A consent in plain Danish, as the citizen reads it, and in the words of the interface.
import { copenhagenDay } from '../clock.ts';
import { type Kind, kinds } from '../model/kinds.ts';
import type { ConsentRow, SaidConsent } from '../store/consents.ts';
import { lastDay } from './consent-input.ts';

export interface Consent {
  readonly id: string;
  readonly version: number;
  readonly decision: 'grant' | 'refuse';
  readonly recipient?: string;
  readonly domains?: readonly string[];
  readonly kinds?: readonly string[];
  readonly record?: string;
  readonly purposes?: readonly string[];
  readonly upTo: 'normal' | 'confidential' | 'sensitive';
  readonly show: 'content' | 'busy';
  readonly from: string;
  readonly to?: string;
  readonly withdrawn: boolean;
  readonly recordedAt: string;
  readonly recordedBy: string;
  readonly recordedAs: 'citizen' | 'representative' | 'professional' | 'system';
  readonly evidence?: string;
  /** The source system that told of it. */
  readonly source?: string;
  readonly text: string;
}

export const domainNames: Readonly<Record<string, string>> = {
  employment: 'beskæftigelse',
  social: 'det sociale område',
  health: 'sundhed',
  family: 'familie',
  education: 'uddannelse',
  shared: 'det fælles',
};
/** What a municipality gathers plans for; a purpose of its own is called what it calls it. */
export const purposeNames: Readonly<Record<string, string>> = { 'coordinated-plan': '»den fælles plan«' };
const levelNames = { normal: 'almindelige', confidential: 'fortrolige', sensitive: 'følsomme' } as const;

export const joined = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} og ${words.at(-1)}`;

export const danishDay = (day: string): string => day.split('-').reverse().map(Number).join('.');

const recipientText = (recipient: string | null, names: ReadonlyMap<string, string>): string => {
  if (recipient === null) return 'alle';
  const [type = '', ...rest] = recipient.split(':');
  const id = rest.join(':');
  if (type === 'consumer') return `systemet ${id} og alle dets autoriserede brugere i organisationen`;
  if (type === 'role') return `alle med rollen ${id}`;
  if (type === 'person') return `personen ${id}`;
  return `${names.get(id) ?? id} og alt derunder`;
};

const about = (row: SaidConsent): string => {
  const what =
    row.kinds === null ? 'oplysninger' : joined(row.kinds.map((kind) => kinds[kind as Kind]?.meta()?.da ?? kind));
  const where = row.domains === null ? '' : ` om ${joined(row.domains.map((domain) => domainNames[domain] ?? domain))}`;
  if (row.record_id === null) return `${what}${where}`;
  const named = row.kinds !== null || row.domains !== null;
  return `én bestemt oplysning om dig${named ? ` (${what}${where})` : ''}`;
};

/** `names`: the display names of units and organisations by id. */
export const consentText = (row: SaidConsent, names: ReadonlyMap<string, string>): string => {
  const who = recipientText(row.recipient, names);
  const what = about(row);
  const first = danishDay(copenhagenDay(row.valid_from));
  const period = `fra ${first}${row.valid_to === null ? '' : ` til og med ${danishDay(lastDay(row.valid_to))}`}`;
  const purpose =
    row.purposes === null
      ? ''
      : ` til formålet ${joined(row.purposes.map((purpose) => purposeNames[purpose] ?? purpose))}`;
  const said =
    row.decision === 'refuse'
      ? `Du har sagt nej til, at ${who} ser ${what}`
      : row.show === 'busy'
        ? `Du har givet lov til, at ${who} ser, hvornår du er optaget (${what})`
        : `Du har givet lov til, at ${who} ser ${what}, til og med ${levelNames[row.up_to]} oplysninger`;
  return `${said}${purpose}, ${period}.${row.withdrawn ? ' Det er trukket tilbage.' : ''}`;
};

/** Whoever reads it must see that it was not said here. */
const toldText = (row: ConsentRow): string =>
  row.source === null
    ? ''
    : ` Registreret i ${row.source} den ${danishDay(row.source_day ?? copenhagenDay(row.recorded_at))}.`;

export const presentConsent = (row: ConsentRow, names: ReadonlyMap<string, string>): Consent => ({
  id: row.id,
  version: row.version,
  decision: row.decision,
  ...(row.recipient === null ? {} : { recipient: row.recipient }),
  ...(row.domains === null ? {} : { domains: row.domains }),
  ...(row.kinds === null ? {} : { kinds: row.kinds }),
  ...(row.record_id === null ? {} : { record: row.record_id }),
  ...(row.purposes === null ? {} : { purposes: row.purposes }),
  upTo: row.up_to,
  show: row.show,
  from: copenhagenDay(row.valid_from),
  ...(row.valid_to === null ? {} : { to: lastDay(row.valid_to) }),
  withdrawn: row.withdrawn,
  recordedAt: row.recorded_at.toISOString(),
  recordedBy: row.recorded_by,
  recordedAs: row.recorded_as,
  ...(row.evidence === null ? {} : { evidence: row.evidence }),
  ...(row.source === null ? {} : { source: row.source }),
  text: `${consentText(row, names)}${toldText(row)}`,
});
