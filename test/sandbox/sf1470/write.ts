// A case as the index writes it: a snapshot with one registration, every part in its namespace, and only the parts that
// were asked for.
import type { IndexActor, IndexCase } from './data.ts';
import { roles, types } from './roles.ts';

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (char) => escapes[char] ?? char);

const el = (name: string, ...inside: readonly string[]): string => `<${name}>${inside.join('')}</${name}>`;
const text = (name: string, value: string | undefined): string =>
  value === undefined ? '' : el(name, escapeXml(value));

export const namespaces = (suffix: string): string =>
  [
    ['sd', 'urn:oio:sagdok:3.0.0'],
    ['gd', `urn:oio:sts:generelledefinitioner:${suffix}`],
    ['sag', `urn:oio:sts:sagdok:sag:${suffix}`],
    ['si', `urn:oio:sts:sagdok:sagindeks:${suffix}`],
    ['sdi', `urn:oio:sts:sagdok:sagdokumentindeks:${suffix}`],
  ]
    .map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`)
    .join('');

const bound = (name: string, instant: string | undefined): string =>
  el(`sd:${name}`, instant === undefined ? el('sd:GraenseIndikator', 'true') : text('sd:TidsstempelDatoTid', instant));
const effect = (name: string, { from, to }: { readonly from: string; readonly to?: string }): string =>
  el(name, bound('FraTidspunkt', from), bound('TilTidspunkt', to), el('sd:AktoerTypeKode', 'Bruger'));
const uuid = (name: string, id: string): string => el(name, text('sd:UUIDIdentifikator', id));

interface Relation {
  readonly name: string;
  readonly role: string;
  readonly type: string;
  readonly from: string;
  readonly to?: string;
  readonly reference: string;
  readonly added: string;
}
const relation = ({ name, role, type, from, to, reference, added }: Relation): string =>
  el(
    name,
    effect('gd:Virkning', { from, ...(to === undefined ? {} : { to }) }),
    uuid('gd:Rolle', role),
    uuid('gd:Type', type),
    el('gd:ReferenceID', reference),
    added === '' ? '' : el('gd:LokalUdvidelseListe', added),
  );

const typeOf: Readonly<Record<IndexActor['role'], string>> = {
  Ejer: types.organisation,
  Ansvarlig: types.unit,
  PrimaerBehandler: types.user,
  AndreBehandlere: types.user,
};

const actor = (one: IndexActor): string =>
  relation({
    ...one,
    name: 'sag:Sagsaktoer',
    role: roles[one.role],
    type: typeOf[one.role],
    reference: text('sd:UUIDIdentifikator', one.id),
    added: el('si:SagsaktoerLokalUdvidelse', text('si:BrugervendtNoegle', one.key), text('si:FuldtNavn', one.name)),
  });

const topic = (one: IndexCase['topics'][number]): string =>
  relation({
    ...one,
    name: 'sag:Sagsklasse',
    role: roles[one.role],
    type: types.topic,
    reference: text('sd:UUIDIdentifikator', one.id),
    added: el(
      'si:SagsklasseLokalUdvidelse',
      text('si:Facettitel', one.facet),
      text('si:Klassetitel', one.title),
      text('si:BrugervendtNoegle', one.number),
    ),
  });

const party = (one: IndexCase['parties'][number]): string =>
  relation({
    ...one,
    name: 'sag:Sagspart',
    role: roles[one.role],
    type: types.person,
    reference: text('sd:URNIdentifikator', one.cpr.startsWith('urn:') ? one.cpr : `urn:oio:cpr-nr:${one.cpr}`),
    added: el('si:SagspartLokalUdvidelse', text('si:FuldtNavn', one.name)),
  });

const properties = (one: IndexCase['properties'][number]): string =>
  el(
    'sag:Egenskaber',
    effect('sag:Virkning', one),
    text('sag:BrugervendtNoegle', one.number),
    text('sag:Beskrivelse', one.description),
    text('sag:HjemmelSpecifikation', one.legalBasis),
    one.exempt === undefined
      ? ''
      : el(
          'sag:OffentlighedUndtaget',
          text('sd:TitelAlternativTekst', one.exempt.title),
          text('sd:OffentlighedUndtagetHjemmelTekst', one.exempt.basis),
        ),
    text('sag:Sagsnummer', one.number),
    text('sag:Titel', one.title),
  );

const indexed = (one: IndexCase['indexed'][number]): string =>
  el(
    'si:SagIndeksEgenskaber',
    effect('gd:Virkning', one),
    text('si:Foelsomhed', one.sensitivity),
    text('si:OprettetTidspunkt', one.created),
  );

/** @param shows the parts asked for: `egenskaber`, `fremdrift` … */
export const writeCase = (one: IndexCase, shows: ReadonlySet<string>): string => {
  const list = (part: string, written: () => readonly string[]): string => (shows.has(part) ? written().join('') : '');
  const state = (of: IndexCase['states'][number]): string =>
    el('sag:Fremdrift', effect('sag:Virkning', of), text('sag:FremdriftStatusKode', of.code));
  const profile = (id: string): string =>
    el('si:Sikkerhedsprofil', effect('gd:Virkning', { from: one.time }), uuid('gd:ReferenceID', id));
  const system = ({ role, id, name }: IndexCase['systems'][number]): string =>
    el(
      'si:SagsitsystemRelation',
      effect('gd:Virkning', { from: one.time }),
      uuid('gd:Rolle', roles[role]),
      uuid('gd:Type', types.system),
      uuid('gd:ReferenceID', id),
      text('si:SystemNavn', name),
    );
  const added =
    list('sikkerhedsprofil', () => (one.profile ?? []).map(profile)) + list('itsystem', () => one.systems.map(system));
  return el(
    'sdi:SagFiltreretOejebliksbillede',
    uuid('sag:ObjektType', one.uuid),
    el(
      'sag:Registrering',
      text('sd:Tidspunkt', one.time),
      text('sd:LivscyklusKode', one.life),
      text('gd:StsTidspunkt', one.stsTime),
      el(
        'sag:AttributListe',
        list('egenskaber', () => one.properties.map(properties)),
        list('egenskaber', () => [el('gd:LokalUdvidelseListe', one.indexed.map(indexed).join(''))]),
      ),
      el(
        'sag:TilstandListe',
        list('fremdrift', () => one.states.map(state)),
      ),
      el(
        'sag:RelationListe',
        list('sagsaktoer', () => one.actors.map(actor)),
        list('sagsklasse', () => one.topics.map(topic)),
        list('sagspart', () => one.parties.map(party)),
        added === '' ? '' : el('gd:LokalUdvidelseListe', added),
      ),
    ),
  );
};
