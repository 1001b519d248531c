// The search as the stub understands it: expressions with AND, OR and NOT, the index's clock, a party, a KLE number with
// an asterisk, and where the page begins and how long it may be.
import type { XmlObject, XmlValue } from '../../../src/adapter/xml.ts';
import type { IndexCase, IndexData, IndexEntry } from './data.ts';

export interface Found {
  readonly cases: readonly IndexCase[];
  /** All pages together. */
  readonly total: number;
}

type Test = (one: IndexEntry) => boolean;

const objects = (value: XmlValue | undefined): readonly XmlObject[] =>
  ((Array.isArray(value) ? value : [value]) as readonly (XmlValue | undefined)[]).filter(
    (one): one is XmlObject => typeof one === 'object' && !Array.isArray(one),
  );
const at = (value: XmlValue | undefined, ...path: readonly string[]): XmlValue | undefined =>
  path.reduce<XmlValue | undefined>((here, name) => objects(here)[0]?.[name], value);
const textOf = (value: XmlValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

const cprIn = (search: XmlObject): string | undefined =>
  /^urn:oio:cpr-nr:(\d{10})$/.exec(
    textOf(at(search, 'RelationListe', 'Sagspart', 'ReferenceID', 'URNIdentifikator')) ?? '',
  )?.[1];

const caseTest = (search: XmlObject): Test => {
  const from = textOf(at(search, 'SoegStsFraTidspunkt', 'TidsstempelDatoTid'));
  const to = textOf(at(search, 'SoegStsTilTidspunkt', 'TidsstempelDatoTid'));
  const cpr = cprIn(search);
  const number = textOf(
    at(search, 'RelationListe', 'Sagsklasse', 'LokalUdvidelseListe', 'SagsklasseLokalUdvidelse', 'BrugervendtNoegle'),
  );
  const matches = (own: string): boolean =>
    number?.endsWith('*') === true ? own.startsWith(number.slice(0, -1)) : own === number;
  return ({ stsTime, cprs, numbers }) =>
    (from === undefined || stsTime >= from) &&
    (to === undefined || stsTime <= to) &&
    (cpr === undefined || cprs.includes(cpr)) &&
    (number === undefined || numbers.some(matches));
};

const expressionTest = (expression: XmlObject): Test => {
  const parts = [
    ...objects(expression['SoegSag']).map(caseTest),
    ...objects(expression['SoegUdtryk']).map(expressionTest),
    ...objects(expression['NOT']).map((inside): Test => {
      const test = expressionTest(inside);
      return (one) => !test(one);
    }),
  ];
  return expression['operation'] === 'OR'
    ? (one) => parts.some((test) => test(one))
    : (one) => parts.every((test) => test(one));
};

const byKeys = (data: IndexData, given: XmlValue): Found => {
  const keys = (Array.isArray(given) ? given : [given]) as readonly XmlValue[];
  const cases = data.byKeys(keys.map((key) => textOf(key) ?? ''));
  return { cases: cases.flatMap((one) => one.whole() ?? []), total: cases.length };
};

export const search = (data: IndexData, input: XmlObject): Found => {
  if (input['SagUuid'] !== undefined) return byKeys(data, input['SagUuid']);
  const [expression = {}] = objects(input['SoegUdtryk']);
  const [main = {}] = objects(expression['SoegSag']);
  const cpr = cprIn(main);
  const candidates = cpr === undefined ? data.inOrder() : data.ofParty(cpr);
  const found = candidates.filter(expressionTest(expression));
  const first = Number(textOf(main['FoersteResultatReference']) ?? 0);
  const most = Number(textOf(main['MaksimalAntalKvantitet']) ?? 1000);
  return { cases: found.slice(first, first + most).flatMap((one) => one.whole() ?? []), total: found.length };
};

/** The parts of a case that the filter names. */
export const shownIn = (input: XmlObject): ReadonlySet<string> =>
  new Set(objects(at(input, 'Filter', 'SagVis')).flatMap(({ Vis }) => textOf(Vis) ?? []));
