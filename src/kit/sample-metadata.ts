// Two descriptions that servers give of themselves: OData's $metadata, whose entity sets become kinds, and a FHIR
// CapabilityStatement, whose kinds the fhir adapter and its mappings know already.
import { parseXml } from '../adapter/xml.ts';
import { isFields, type Sampled, type SampledKind } from './sample-records.ts';

type Node = Readonly<Record<string, unknown>>;

const all = (node: unknown, name: string): readonly Node[] => {
  const inner = isFields(node) ? node[name] : undefined;
  return (Array.isArray(inner) ? inner : [inner]).filter(isFields);
};
const attribute = (node: unknown, name: string): string =>
  String((isFields(node) ? node[`@${name}`] : undefined) ?? '');
const local = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const formOf = (name: string, type: string): unknown => {
  if (/cpr|personnummer/i.test(name)) return '6101300000';
  if (type === 'Edm.Date') return '2026-02-01';
  if (type === 'Edm.DateTimeOffset') return '2026-02-01T09:00:00Z';
  if (type === 'Edm.Boolean') return true;
  return /^Edm\.(Int\d+|Decimal|Double|Single|Byte)$/.test(type) ? 1 : name;
};

export const sampleOdata = (text: string): Sampled => {
  const services = all(all(parseXml(text), 'Edmx')[0], 'DataServices');
  const schemas = services.flatMap((one) => all(one, 'Schema'));
  const types = new Map(schemas.flatMap((one) => all(one, 'EntityType')).map((one) => [attribute(one, 'Name'), one]));
  const sets = schemas.flatMap((one) => all(one, 'EntityContainer')).flatMap((one) => all(one, 'EntitySet'));
  const kinds = sets.flatMap((set): readonly SampledKind[] => {
    const type = types.get(local(attribute(set, 'EntityType')));
    if (type === undefined) return [];
    const properties = all(type, 'Property').map((one): [string, string] => [
      attribute(one, 'Name'),
      attribute(one, 'Type'),
    ]);
    const record = Object.fromEntries(properties.map(([name, kind]) => [name, formOf(name, kind)]));
    const keys = all(all(type, 'Key')[0], 'PropertyRef').map((one) => attribute(one, 'Name'));
    const select = properties.map(([name]) => name);
    const name = attribute(set, 'Name');
    const kind = { set: name, select, ...(keys.length === 0 ? {} : { key: keys }) };
    return [{ name, at: '', records: [record], invented: true, kind }];
  });
  return { form: 'odata', kinds, config: {}, decisions: [] };
};

const searchable = (resource: Node, name: string): boolean =>
  all(resource, 'searchParam').some((one) => one['name'] === name);

/** @param known resource types that the fhir adapter reads */
export const sampleCapability = (statement: Node, known: readonly string[]): Sampled => {
  const resources = all(all(statement, 'rest')[0], 'resource');
  const served = resources.filter((one) => known.includes(String(one['type'])));
  const lacking = known.filter((type) => !served.some((one) => one['type'] === type));
  const decisions = [
    ...(lacking.length === 0
      ? []
      : [
          `The server does not have ${lacking.join(', ')}: their pulls will fail until they are paused (\`source pause\`).`,
        ]),
    ...served
      .filter((one) => !all(one, 'interaction').some(({ code }) => code === 'search-type'))
      .map((one) => `The server says ${String(one['type'])} cannot be searched.`),
  ];
  const changedSince = served.every((one) => searchable(one, '_lastUpdated')) ? 'yes' : 'no';
  if (changedSince === 'no')
    decisions.push('The server does not promise _lastUpdated for every type: every run reads everything.');
  const url = all(statement, 'implementation')[0]?.['url'];
  const baseUrl = typeof url === 'string' && /^https?:/.test(url) ? { baseUrl: url } : {};
  return { form: 'fhir', kinds: [], config: { ...baseUrl, changedSince }, decisions };
};
