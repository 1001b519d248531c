// A verified token's claims → who asks. Which claim says what is configured per issuer; the person a system acts for
// comes from the token alone (`act`, RFC 8693). Private until the issuer says public; NSIS at least Substantial.
import type { JWTPayload } from 'jose';
import type { ClaimName } from '../config/issuer.ts';
import { HubError } from '../errors.ts';
import type { Actor, FeedConsumer } from '../feed/context.ts';
import { isUuid } from '../feed/input.ts';
import type { Issuer } from './issuer.ts';

const kinds = ['professional', 'citizen', 'representative', 'consumer-system', 'administrator', 'dpo'] as const;
const enough = new Set(['substantial', 'high', 'betydelig', 'høj', 'hoj']);

/** An actor before the request's own purpose is known, and before a number became a citizen. */
export interface Identified {
  readonly actor: Omit<Actor, 'purpose'>;
  /** The actor's own number, where the issuer gives it (citizens, representatives, staff). Memory only. */
  readonly cpr?: string;
  /** The registered system that asks, whoever it asks for: bound to the purposes it is registered for. */
  readonly system?: string;
  /** Purposes the token carries; absent: the request says. */
  readonly purposes?: readonly string[];
}

export const unauthorised = (message: string, hint?: string): HubError =>
  new HubError({ code: 'request/unauthorised', fault: 'config', message, ...(hint === undefined ? {} : { hint }) });

const forbidden = (message: string): HubError => new HubError({ code: 'request/forbidden', fault: 'config', message });

/** A claim by its configured name; dots reach into nested claims unless the whole name is a claim itself. */
const claim = (payload: JWTPayload, name: string): unknown =>
  payload[name] ??
  name.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown> | null | undefined)?.[step], payload);

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 500 ? value : undefined;

const listOf = (value: unknown): readonly string[] | undefined => {
  if (typeof value === 'string' && value !== '') return [value];
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((item) => typeof item === 'string');
  return texts.length > 0 ? texts : undefined;
};

const scopesOf = (payload: JWTPayload): readonly string[] => {
  const { scope, scp } = payload as { scope?: unknown; scp?: unknown };
  if (typeof scope === 'string') return scope.split(' ').filter((name) => name !== '');
  return listOf(scp) ?? [];
};

/** What the token says and its system is registered for. */
const allowed = (said: readonly string[], consumer: FeedConsumer | undefined): readonly string[] =>
  consumer?.scopes === undefined ? said : said.filter((scope) => consumer.scopes?.some((one) => one === scope));

/**
 * The system a token was issued to, when it acts for the person in `sub`. RFC 8693: only the outermost `act` counts;
 * those within it are history.
 */
const actingSystem = (payload: JWTPayload): string | undefined => {
  const act = (payload as { act?: { sub?: unknown } | null }).act;
  return act === undefined || act === null ? undefined : (textOf(act.sub) ?? '');
};

const assured = (level: string | undefined): boolean =>
  level !== undefined && enough.has(level.toLowerCase().split(/[/:#]/).at(-1) ?? '');

/**
 * @throws HubError `request/unauthorised` when the token does not say who asks or how surely, `request/forbidden` when
 * it was issued to a system the hub does not know.
 */
export const identify = (
  payload: JWTPayload,
  { claims: names, namespace }: Pick<Issuer, 'claims' | 'namespace'>,
  consumers: ReadonlyMap<string, FeedConsumer>,
): Identified => {
  const get = (name: ClaimName): unknown => claim(payload, names[name] ?? (name === 'person' ? 'sub' : name));
  const kind = kinds.find((known) => known === get('kind'));
  if (kind === undefined) throw unauthorised('The token does not say what kind of caller this is.');
  const person = textOf(get('person'));
  if (person === undefined) throw unauthorised('The token names nobody.');
  const system = kind === 'consumer-system';
  if (!system && !assured(textOf(get('assurance'))))
    throw unauthorised('The log-in is not sure enough.', 'NSIS level Substantial or High is needed.');

  const through = actingSystem(payload);
  const systemId = system ? (textOf(get('consumer')) ?? person) : through;
  const consumer = systemId === undefined ? undefined : consumers.get(systemId);
  if ([systemId, through].some((id) => id !== undefined && !consumers.has(id)))
    throw forbidden('The system is not registered as a consumer.');

  const organisation = system ? consumer?.organisation : textOf(get('organisation'));
  const [role, unit, domain] = [textOf(get('role')), textOf(get('unit')), textOf(get('domain'))];
  const citizen = textOf(get('citizen'))?.toLowerCase();
  if (citizen !== undefined && !isUuid(citizen)) throw unauthorised('The token’s citizen is not an id of this hub.');
  const own = kind === 'citizen' || kind === 'representative';
  const cpr = own || kind === 'professional' ? textOf(get('cpr')) : undefined;
  // What a person is called by is written to the log and beside consents, in the clear.
  if ((own && /^\d{6}[- ]?\d{4}$/.test(person)) || (cpr !== undefined && person.includes(cpr)))
    throw unauthorised('The token names the person by their number.', 'Another claim should be mapped to `person`.');
  const purposes = listOf(get('purpose'));
  // Grants to a system reach its own organisation's people only.
  const throughOwnSystem = consumer !== undefined && consumer.organisation === organisation;
  return {
    actor: {
      kind,
      person: namespace === undefined ? person : `${namespace}:${person}`,
      sector: !own && get('sector') === 'public' ? 'public' : 'private',
      scopes: allowed(scopesOf(payload), consumer),
      ...(role === undefined ? {} : { role }),
      ...(organisation === undefined ? {} : { organisation }),
      ...(unit === undefined ? {} : { unit }),
      ...(domain === undefined ? {} : { domain }),
      ...(own && citizen !== undefined ? { citizen } : {}),
      ...(throughOwnSystem ? { consumer: consumer.id } : {}),
    },
    ...(cpr === undefined ? {} : { cpr }),
    ...(consumer === undefined ? {} : { system: consumer.id }),
    ...(purposes === undefined ? {} : { purposes }),
  };
};
