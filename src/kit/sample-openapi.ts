// What an OpenAPI document offers that could be pulled: lists that are asked for by GET, and where one record is shown
// whole. An address that wants a number of a person is never used.

import { isFields, type Sampled, type SampledKind } from './sample-records.ts';
import { type Document, documentOf, enumsOf, inventFrom } from './sample-schema.ts';

type Fields = Readonly<Record<string, unknown>>;
const fieldsAt = (value: unknown, ...path: readonly string[]): Fields => {
  let here: unknown = value;
  for (const name of path) here = isFields(here) ? here[name] : undefined;
  return isFields(here) ? here : {};
};

const answerOf = (operation: Fields, document: Document): unknown => {
  const responses = fieldsAt(operation, 'responses');
  const ok = document.resolve(responses['200'] ?? responses['default']) ?? {};
  const content = fieldsAt(ok, 'content');
  const json = Object.entries(content).find(([type]) => /json/.test(type))?.[1];
  return isFields(json) ? json['schema'] : ok['schema'];
};

interface Listed {
  readonly at: string;
  readonly element: unknown;
}

/** Where in an answer the list is: the answer itself, or the one list of objects in it. */
const listIn = (schema: unknown, document: Document): Listed | undefined => {
  const own = document.resolve(schema);
  if (own === undefined) return undefined;
  if (own['type'] === 'array') return { at: '[]', element: own['items'] };
  const lists = Object.entries(fieldsAt(own, 'properties')).flatMap(([name, inner]) => {
    const one = document.resolve(inner);
    return one?.['type'] === 'array' && document.resolve(one['items'])?.['properties'] !== undefined
      ? [{ at: `${name}[]`, element: one['items'] }]
      : [];
  });
  return lists.length === 1
    ? lists[0]
    : lists.find(({ at }) => /^(items|data|value|results|records|liste?)\[\]$/.test(at));
};

const nameOf = (path: string): string =>
  path
    .split('/')
    .filter((piece) => piece !== '' && !/^\{|^v\d+$|^api$/.test(piece))
    .at(-1) ?? 'record';

export const sampleOpenapi = (root: Fields): Sampled => {
  const document = documentOf(root);
  const paths = Object.entries(fieldsAt(root, 'paths'));
  const decisions: string[] = [];
  const kinds = paths.flatMap(([path, item]): readonly SampledKind[] => {
    const operation = fieldsAt(item, 'get');
    const listed = listIn(answerOf(operation, document), document);
    if (listed === undefined) return [];
    if (path.includes('{')) {
      decisions.push(
        /cpr|person/i.test(path)
          ? `${path} wants a number of a person in its address, which the hub never writes: ask the vendor for another way.`
          : `${path} is asked for by an id in its address; it may be a kind of its own, or a detail.`,
      );
      return [];
    }
    const record = inventFrom(document, listed.element, nameOf(path));
    if (!isFields(record)) return [];
    const enums = enumsOf(document, listed.element);
    const detail = paths.find(
      ([other]) => other.startsWith(`${path}/{`) && !other.slice(path.length + 2).includes('/'),
    );
    // One record for each value that a field may have, so that code tables are complete.
    const most = Math.max(1, ...[...enums.values()].map((values) => values.length));
    const records = Array.from({ length: most }, (_, at) =>
      [...enums].reduce((made, [field, values]) => withValue(made, field, values[at % values.length] ?? ''), record),
    );
    const kind = {
      list: { path },
      ...(detail === undefined ? {} : { detail: { path: detail[0].replace(/\{[^}]*\}$/, '{key}') } }),
    };
    return [{ name: nameOf(path), at: listed.at, records, invented: true, kind }];
  });
  const [server] = Array.isArray(root['servers']) ? root['servers'] : [];
  const url = isFields(server) ? server['url'] : undefined;
  const absolute = typeof url === 'string' && /^https?:\/\//.test(url) ? { baseUrl: url } : {};
  return { form: 'openapi', kinds, config: absolute, decisions };
};

/** Only plain paths: values in lists keep the first. */
const withValue = (record: Fields, path: string, value: string): Fields => {
  const [name = '', ...rest] = path.split('.');
  if (name.includes('[]') || !Object.hasOwn(record, name)) return record;
  const inner = record[name];
  if (rest.length === 0) return { ...record, [name]: value };
  return isFields(inner) ? { ...record, [name]: withValue(inner, rest.join('.'), value) } : record;
};
