// Who has looked: the citizen's own view in plain Danish, staff masked and only records they may see named; and the
// data-protection officer's, unmasked (the caller logs that read). Newest first, in pages.
import type { Db } from '../store/db.ts';
import type { LogDecision } from '../store/log-entry.ts';
import { occasionsOf } from '../store/log-occasions.ts';
import { type LoggedEntry, type LogPage, logOf } from '../store/read-log.ts';
import { invalid } from './consent-input.ts';
import { purposeNames } from './consent-text.ts';

export interface ShownEntry {
  readonly at: string;
  /** Place in the sealed chain; absent until sealed. Only in the officer's view. */
  readonly number?: number;
  readonly kind: string;
  /** Only in the officer's view. */
  readonly person?: string;
  readonly role?: string;
  readonly organisation?: string;
  readonly unit?: string;
  readonly organisationName?: string;
  readonly unitName?: string;
  readonly consumer?: string;
  readonly represented?: string;
  readonly purpose: string;
  readonly endpoint: string;
  readonly decision: LogDecision;
  readonly bases: readonly string[];
  readonly records: readonly string[];
  readonly emergency: boolean;
  readonly correlation?: string;
  /** Entries of one page with the same were one look of one reader. */
  readonly occasion: string;
  /** `text` without when and who. */
  readonly what: string;
  readonly text: string;
}

export interface LogAnswer {
  readonly entries: readonly ShownEntry[];
  readonly more: boolean;
  readonly next?: string;
}

export interface LogQuestion extends Omit<LogPage, 'only'> {
  readonly citizen: string;
  readonly view: 'citizen' | 'dpo';
  /**
   * For whoever represents the citizen in some things only: reads of these records and their own, without the legal bases,
   * which cover the whole of a read. Absent: every record not withheld from the citizen is named.
   */
  readonly only?: { readonly records: ReadonlySet<string>; readonly person: string };
}

const time = new Intl.DateTimeFormat('da-DK', { timeZone: 'Europe/Copenhagen', dateStyle: 'long', timeStyle: 'short' });

/** A municipality's own roles are called what it calls them. */
const roleNames: Readonly<Record<string, string>> = {
  caseworker: 'sagsbehandler',
  nurse: 'sygeplejerske',
  mentor: 'mentor',
  'rehabilitation-team': 'rehabiliteringsteam',
};

const whoText = (entry: LoggedEntry, citizen: string): string => {
  const place = entry.unit_name ?? entry.organisation_name ?? entry.unit ?? entry.organisation;
  const at = place === null ? '' : ` i ${place}`;
  switch (entry.actor_kind) {
    case 'professional':
      return `En fagperson${entry.role === null ? '' : ` (${roleNames[entry.role] ?? entry.role})`}${at}`;
    case 'citizen':
      return entry.actor_citizen === null || entry.actor_citizen === citizen ? 'Du' : 'En person fra dit netværk';
    case 'representative':
      return entry.actor_citizen === citizen ? 'Du' : 'En, der repræsenterer dig,';
    case 'consumer-system':
      return `Systemet ${entry.consumer ?? entry.person}${at}`;
    case 'dpo':
      return 'Databeskyttelsesrådgiveren';
    default:
      return 'En administrator';
  }
};

const whatText = (entry: LoggedEntry, shown: number): string => {
  if (entry.citizen_id === null) return 'slog dit nummer op uden at få noget at se';
  if (entry.decision === 'denied') return 'bad om at se oplysninger om dig og fik nej';
  if (entry.decision === 'failed') return 'bad om oplysninger om dig, men der skete en fejl';
  if (entry.endpoint.startsWith('POST /v1/emergency-access')) return 'tog akut adgang til oplysninger om dig';
  if (entry.endpoint.includes('/emergency-access')) return 'læste, hvem der har taget akut adgang';
  if (/[/ ]explain/.test(entry.endpoint)) return 'læste, hvorfor oplysninger om dig vises eller ikke vises';
  if (entry.endpoint.includes('/access-log')) return 'læste loggen over, hvem der har set dine oplysninger';
  if (entry.endpoint.includes('/consents/preview')) return 'så, hvad et samtykke ville ændre';
  if (entry.endpoint.includes('/sharing')) return 'læste, hvem der må se dine oplysninger';
  if (entry.endpoint.includes('/consents'))
    return entry.endpoint.startsWith('GET') ? 'læste dine samtykker' : 'ændrede dine samtykker';
  if (entry.endpoint.includes('/representations'))
    return `${entry.endpoint.startsWith('GET') ? 'læste' : 'ændrede'}, hvem der kan handle for dig`;
  if (entry.endpoint === 'POST /v1/citizens/:id/consent-proposals') return 'bad dig om et samtykke';
  if (entry.endpoint === 'POST /v1/citizens/:id/consent-proposals/:proposal/withdraw')
    return 'tog sit spørgsmål om dit samtykke tilbage';
  if (entry.endpoint.includes('/consent-proposals'))
    return entry.endpoint.startsWith('GET')
      ? 'læste, hvilke samtykker der venter på dit svar'
      : 'tog stilling til et samtykke, der ventede på dit svar';
  if (entry.endpoint.includes('consents import')) return 'hentede, hvad et andet system siger, du har samtykket til';
  if (entry.endpoint === 'consents of a source') return 'hentede dine samtykker og afslag fra et fagsystem';
  if (entry.endpoint.includes('quarantine')) return 'så en oplysning om dig for at rette en fejl';
  if (entry.endpoint.includes('/lookup')) return 'slog dig op';
  if (/^GET \/v1\/citizens(?: |$)/.test(entry.endpoint))
    return /\(with name/.test(entry.endpoint)
      ? 'så dit navn på en liste over borgere'
      : 'så dig på en liste over borgere';
  if (entry.endpoint.endsWith('/plan (master data)')) return 'så dit navn eller andre stamoplysninger';
  if (shown === 0) return 'brugte din plan';
  return `så ${shown === 1 ? 'én oplysning' : `${shown} oplysninger`} om dig`;
};

const basisText = (bases: readonly string[]): string => {
  const names: Readonly<Record<string, string>> = {
    '1': 'din egen ret til indsigt',
    '2': 'fagpersonens egen journal',
    '3': 'akut adgang',
    '4': 'en lov, der deler uden samtykke',
    '6': 'dit samtykke eller en lov, du kan sige nej til',
  };
  const said = [...new Set(bases.map((basis) => names[basis.slice(0, 1)]).filter((name) => name !== undefined))];
  return said.length === 0 ? '' : ` Grundlag: ${said.join('; ')}.`;
};

/** One entry in plain Danish. `shown`: how many records the reader of the log may see named. */
const entryText = (
  entry: LoggedEntry,
  citizen: string,
  shown: number,
): { readonly what: string; readonly text: string } => {
  const did = whatText(entry, shown);
  const purpose = purposeNames[entry.purpose] ?? entry.purpose;
  const rest = `.${basisText(entry.bases)}${entry.emergency ? ' Det var akut adgang.' : ''} Formål: ${purpose}.`;
  return {
    what: `${did.charAt(0).toUpperCase()}${did.slice(1)}${rest}`,
    text: `${time.format(entry.at)}: ${whoText(entry, citizen)} ${did}${rest}`,
  };
};

/** That an answer left something out would tell the citizen of what is withheld from them. */
const toldDecision = (decision: LogDecision): LogDecision => (decision === 'partly' ? 'allowed' : decision);

const present = (entry: LoggedEntry, occasion: string, question: LogQuestion): ShownEntry => {
  const officer = question.view === 'dpo';
  const own = entry.actor_citizen !== null && entry.actor_citizen === question.citizen;
  const records = officer ? entry.records : entry.open_records.filter((id) => question.only?.records.has(id) ?? true);
  const bases = question.only === undefined ? entry.bases : [];
  const optional = (name: string, value: string | number | null): object => (value === null ? {} : { [name]: value });
  return {
    at: entry.at.toISOString(),
    // How many entries there are about others is nobody else's business.
    ...(officer ? optional('number', entry.number) : {}),
    kind: entry.actor_kind,
    ...(officer || own ? { person: entry.person } : {}),
    ...optional('role', entry.role),
    ...optional('organisation', entry.organisation),
    ...optional('unit', entry.unit),
    ...optional('organisationName', entry.organisation_name),
    ...optional('unitName', entry.unit_name),
    ...optional('consumer', entry.consumer),
    ...(officer ? optional('represented', entry.represented) : {}),
    purpose: entry.purpose,
    endpoint: entry.endpoint,
    decision: officer ? entry.decision : toldDecision(entry.decision),
    bases,
    records,
    emergency: entry.emergency,
    ...(officer ? { correlation: entry.correlation } : {}),
    occasion,
    ...entryText({ ...entry, bases }, question.citizen, records.length),
  };
};

const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A page of the log about one citizen. @throws HubError `request/invalid` for a cursor that is not one of ours. */
export const accessLogFor = async (db: Db, question: LogQuestion): Promise<LogAnswer> => {
  if (question.after !== undefined && !isId.test(question.after))
    throw invalid('after', 'The cursor is not one of ours.');
  const rows = await logOf(db, question.citizen, {
    limit: question.limit + 1,
    ...(question.after === undefined ? {} : { after: question.after }),
    ...(question.filter === undefined ? {} : { filter: question.filter }),
    ...(question.only === undefined
      ? {}
      : { only: { records: [...question.only.records], person: question.only.person } }),
  });
  const page = rows.slice(0, question.limit);
  const more = rows.length > question.limit;
  const last = page.at(-1)?.id;
  const occasions = occasionsOf(page, () => question.citizen);
  return {
    entries: page.map((entry, index) => present(entry, occasions[index] ?? entry.id, question)),
    more,
    ...(more && last !== undefined ? { next: last } : {}),
  };
};
