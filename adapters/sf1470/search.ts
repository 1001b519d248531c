// What the index is asked: fremsoeg's input. Its types are spread over five namespaces and the index takes elements in
// one order only, so every name has its prefix and stands in its place, whatever the WSDL in use tells of it. Numbers
// travel in this body.
import type { XmlInput } from '../../src/adapter/soap.ts';
import type { Sf1470Config } from './config.ts';

const suffixes = { '6': '6', '5': '1.2.4.0' } as const;
const serviceplatform = 'http://serviceplatformen.dk/xml/schemas';

/** Prefixes of our own, declared on the input's root. */
const namespacesOf = (version: Sf1470Config['version']): Readonly<Record<string, string>> => {
  const suffix = suffixes[version];
  return {
    '@xmlns:o': 'urn:oio:sagdok:3.0.0',
    '@xmlns:g': `urn:oio:sts:generelledefinitioner:${suffix}`,
    '@xmlns:q': `urn:oio:sts:generelleoperationer:${suffix}`,
    '@xmlns:s': `urn:oio:sts:sagdok:sag:${suffix}`,
    '@xmlns:i': `urn:oio:sts:sagdok:sagindeks:${suffix}`,
    '@xmlns:d': `urn:oio:sts:sagdok:sagdokumentindeks:${suffix}`,
    ...(version === '5'
      ? { '@xmlns:c': `${serviceplatform}/CallContext/1/`, '@xmlns:a': `${serviceplatform}/AuthorityContext/1/` }
      : {}),
  };
};

/** What a case is shown with; not its journal notes, its documents and its objects. */
const shown = ['egenskaber', 'fremdrift', 'sagsklasse', 'sagsaktoer', 'sagspart', 'itsystem', 'sikkerhedsprofil'];
const filter = { 'd:Filter': { 'd:SagVis': shown.map((name) => ({ 'd:Vis': name })) } };

/** In order of the index's clock: what changes while pages are read moves behind them. */
const order = {
  'd:Sortering': {
    'd:SagSortering': { 'd:Element': 'StsRegistreringstidspunkt', 'd:Retning': 'Stigende', 'd:Prioritet': '1' },
  },
};

interface Criteria {
  readonly page?: { readonly first: number; readonly max: number };
  readonly from?: string | null;
  readonly to?: string | null;
  readonly relations?: XmlInput;
}

const instant = (name: string, value: string | null | undefined): XmlInput =>
  value === null || value === undefined ? {} : { [`q:${name}`]: { 'o:TidsstempelDatoTid': value } };

const searchCase = ({ page, from, to, relations = {} }: Criteria): XmlInput => ({
  ...(page === undefined
    ? {}
    : { 'o:FoersteResultatReference': String(page.first), 'o:MaksimalAntalKvantitet': String(page.max) }),
  ...instant('SoegStsFraTidspunkt', from),
  ...instant('SoegStsTilTidspunkt', to),
  's:AttributListe': {},
  's:TilstandListe': {},
  's:RelationListe': relations,
});

const ofTopic = (number: string): XmlInput => {
  // A whole topic is a number of its own; a group is every topic below it.
  const key = number.length === 8 ? number : `${number}.*`;
  const added = { 'i:SagsklasseLokalUdvidelse': { 'i:BrugervendtNoegle': key } };
  return searchCase({ relations: { 's:Sagsklasse': { 'g:LokalUdvidelseListe': added } } });
};

const ofParty = (cpr: string): XmlInput => ({
  's:Sagspart': { 'g:ReferenceID': { 'o:URNIdentifikator': `urn:oio:cpr-nr:${cpr}` } },
});

export interface Window {
  /** Index clock; null: from the beginning. */
  readonly from: string | null;
  /** Null: open. */
  readonly to: string | null;
  readonly first: number;
}

export interface Questions {
  window(window: Window): XmlInput;
  citizen(cpr: string, first: number): XmlInput;
  cases(uuids: readonly string[]): XmlInput;
  /** About nobody: is the index there, and may we ask? */
  nothing(): XmlInput;
}

export const createQuestions = (config: Sf1470Config): Questions => {
  const namespaces = namespacesOf(config.version);
  const topics = { 'd:operation': 'OR', 'd:SoegSag': config.kle.map(ofTopic) };
  const chosen = config.kleSearch === 'none' ? {} : { 'd:SoegUdtryk': topics };
  const { onBehalfOfUser, callersServiceCallIdentifier, accountingInfo } = config.callContext;

  const ask = (input: XmlInput): XmlInput =>
    config.version === '6'
      ? { ...namespaces, ...input }
      : {
          ...namespaces,
          'c:CallContext': {
            'c:OnBehalfOfUser': onBehalfOfUser,
            'c:CallersServiceCallIdentifier': callersServiceCallIdentifier,
            'c:AccountingInfo': accountingInfo,
          },
          'a:AuthorityContext': { 'a:MunicipalityCVR': config.municipalityCvr },
          'd:FremsoegSagDokumentIndeksInput': input,
        };
  const search = (criteria: Criteria): XmlInput =>
    ask({
      'd:SoegUdtryk': { 'd:operation': 'AND', 'd:SoegSag': searchCase(criteria), ...chosen },
      ...filter,
      ...order,
    });
  const max = config.pageSize;

  return {
    window: ({ from, to, first }) => search({ page: { first, max }, from, to }),
    citizen: (cpr, first) => search({ page: { first, max }, relations: ofParty(cpr) }),
    cases: (uuids) => ask({ 'd:SagUuid': uuids, ...filter }),
    nothing: () => ask({ 'd:SagUuid': '00000000-0000-4000-8000-000000000000', 'd:Filter': {} }),
  };
};
