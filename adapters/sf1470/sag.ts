// One case of an answer as a record: the latest registration, what stands now of every list, roles by name. What must not
// be given on, and why, is said here: a case outside the allow-list, without a person as party, or out of use.
import { at, textAt } from '../../src/adapter/soap.ts';
import type { XmlObject, XmlValue } from '../../src/adapter/xml.ts';
import { boundsOf, effectOf, holding, holdingOrComing, instantOf, isObject, listOf, standing } from './effect.ts';
import type { Sag } from './records.ts';
import { idOf, type RoleOf } from './roles.ts';

export type Seen =
  | { readonly key: string; readonly body: Sag }
  /** `removed`: the sender says it is no more. `outside`: not one the municipality chose, or nobody's. */
  | { readonly key: string; readonly body: undefined; readonly why: 'removed' | 'outside' };

export interface Reading {
  readonly now: number;
  readonly roleOf: RoleOf;
  readonly allows: (kle: string) => boolean;
  /** Masters whose cases are not given on. */
  readonly leaveOut?: readonly string[];
}

const levels = ['IKKE_FORTROLIGE_DATA', 'FORTROLIGE_PERSONOPLYSNINGER', 'FOELSOMME_PERSONOPLYSNINGER', 'VIP_SAGER'];
const unknownLevel = 2.5;

/** The most careful of them; one nobody knows is above all but VIP; none at all is its own value. */
export const strictest = (values: readonly string[]): string => {
  const rank = (value: string): number => (levels.includes(value) ? levels.indexOf(value) : unknownLevel);
  return values.reduce((best, value) => (rank(value) > rank(best) ? value : best), values[0] ?? 'UOPLYST');
};

const without = (element: XmlObject, ...names: readonly string[]): Record<string, XmlValue> =>
  Object.fromEntries(Object.entries(element).filter(([name]) => !names.includes(name)));

/** A relation on one level: role by name, whom it points to, and what the index adds. */
const relation = (element: XmlObject, roleOf: RoleOf): Record<string, XmlValue> & { Rolle: string } => {
  const added = Object.values(at(element, 'LokalUdvidelseListe') ?? {}).filter(isObject);
  return {
    ...without(element, 'Virkning', 'LokalUdvidelseListe', 'Type'),
    ...Object.assign({}, ...added),
    Rolle: roleOf(element),
    ReferenceID: idOf(element, 'ReferenceID'),
    ...boundsOf(element),
  };
};

const cprOf = (party: XmlObject): string | undefined =>
  /^urn:oio:cpr-?nr:(\d{6})-?(\d{4})$/i
    .exec(textAt(party, 'ReferenceID', 'URNIdentifikator') ?? '')
    ?.slice(1)
    .join('');

const latest = (registrations: readonly XmlObject[]): XmlObject | undefined =>
  registrations.reduce<XmlObject | undefined>((best, one) => {
    const time = (of: XmlObject): number => instantOf(textAt(of, 'StsTidspunkt') ?? textAt(of, 'Tidspunkt') ?? '') || 0;
    return best === undefined || time(one) >= time(best) ? one : best;
  }, undefined);

/** The KLE topic: the primary class, else one whose facet is KLE's plan of topics. */
const topicOf = (topics: readonly XmlObject[], { roleOf, now }: Reading): XmlObject | undefined =>
  standing(
    topics.filter((one) => roleOf(one) === 'PrimaerKlasse'),
    now,
  ) ??
  standing(
    topics.filter((one) =>
      /emneplan/i.test(textAt(one, 'LokalUdvidelseListe', 'SagsklasseLokalUdvidelse', 'Facettitel') ?? ''),
    ),
    now,
  );

/** Exactly one, or the case is kept nowhere that can be linked to. */
const masterOf = (systems: readonly XmlObject[], { roleOf, now }: Reading): Sag['Master'] => {
  const masters = holding(systems, now).filter((one) => roleOf(one) === 'Master');
  const [only] = masters;
  if (masters.length !== 1 || only === undefined) return undefined;
  const SystemNavn = textAt(only, 'SystemNavn');
  return { ReferenceID: idOf(only, 'ReferenceID'), ...(SystemNavn === undefined ? {} : { SystemNavn }) };
};

const sensitivityOf = (properties: readonly XmlObject[], topics: readonly XmlObject[], reading: Reading): string =>
  strictest([
    ...holdingOrComing(properties, reading.now).flatMap((one) => textAt(one, 'Foelsomhed') ?? []),
    ...holdingOrComing(topics, reading.now)
      .filter((one) => reading.roleOf(one) === 'Foelsomhedsklasse')
      .map((one) => textAt(one, 'LokalUdvidelseListe', 'SagsklasseLokalUdvidelse', 'BrugervendtNoegle') ?? ''),
  ]);

const version = (element: XmlObject): Record<string, XmlValue> => ({
  ...without(element, 'Virkning'),
  ...boundsOf(element),
});
const versionOf = (list: readonly XmlObject[], now: number): Record<string, XmlValue> | undefined => {
  const element = standing(list, now);
  return element === undefined ? undefined : version(element);
};

export const readCase = (snapshot: XmlObject, reading: Reading): Seen => {
  const { now, roleOf, allows } = reading;
  const key = textAt(snapshot, 'ObjektType', 'UUIDIdentifikator')?.toLowerCase() ?? '';
  const registration = latest(listOf(snapshot['Registrering']));
  const life = textAt(registration, 'LivscyklusKode');
  if (life === 'Slettet' || life === 'Passiveret') return { key, body: undefined, why: 'removed' };
  const all = (...path: readonly [string, string]): readonly XmlObject[] => {
    const parent = at(registration, path[0]);
    return isObject(parent) ? listOf(parent[path[1]]) : [];
  };
  const more = (list: string, name: string): readonly XmlObject[] => {
    const parent = at(registration, list, 'LokalUdvidelseListe');
    return isObject(parent) ? listOf(parent[name]) : [];
  };
  const topics = all('RelationListe', 'Sagsklasse');
  const topic = topicOf(topics, reading);
  const Kle = textAt(topic, 'LokalUdvidelseListe', 'SagsklasseLokalUdvidelse', 'BrugervendtNoegle') ?? '';
  const Sagspart = holding(all('RelationListe', 'Sagspart'), now).flatMap((party) => {
    const Cpr = cprOf(party);
    return Cpr === undefined ? [] : [{ Rolle: roleOf(party), Cpr }];
  });
  const Master = masterOf(more('RelationListe', 'SagsitsystemRelation'), reading);
  const leftOut = Master !== undefined && reading.leaveOut?.includes(Master.ReferenceID) === true;
  if (!allows(Kle) || Sagspart.length === 0 || leftOut) return { key, body: undefined, why: 'outside' };
  const indexed = more('AttributListe', 'SagIndeksEgenskaber');
  const states = all('TilstandListe', 'Fremdrift');
  const profile = holdingOrComing(more('RelationListe', 'Sikkerhedsprofil'), now);
  const optional = {
    StsTidspunkt: textAt(registration, 'StsTidspunkt'),
    Tidspunkt: textAt(registration, 'Tidspunkt'),
    LivscyklusKode: life,
    Egenskaber: versionOf(all('AttributListe', 'Egenskaber'), now),
    Indeks: versionOf(indexed, now),
    Fremdrift: versionOf(states, now),
    KleTitel: textAt(topic, 'LokalUdvidelseListe', 'SagsklasseLokalUdvidelse', 'Klassetitel'),
    Master,
  };
  return {
    key,
    body: {
      UUIDIdentifikator: key,
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
      // What is limited to some actors is for the most careful hands.
      Foelsomhed: profile.length > 0 ? 'VIP_SAGER' : sensitivityOf(indexed, topics, reading),
      Forloeb: states.filter((state) => effectOf(state).from <= now).map(version),
      Kle,
      KleGruppe: Kle.slice(0, 5),
      Sagsklasse: holding(topics, now).map((one) => relation(one, roleOf)),
      Sagsaktoer: holding(all('RelationListe', 'Sagsaktoer'), now).map((one) => relation(one, roleOf)),
      Sagspart,
      Sikkerhedsprofil: profile.map((one) => idOf(one, 'ReferenceID')),
    },
  };
};
