// What a WSDL's operations would answer, made up from its schemas: where the records are, what they hold, and which
// operations are asked for one citizen. Schemas beside the file are read; nothing is fetched.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseXml } from '../adapter/xml.ts';
import { leavesOf } from './persons.ts';
import { isFields, type Sampled, type SampledKind } from './sample-records.ts';

type Node = Readonly<Record<string, unknown>>;

const all = (node: unknown, name: string): readonly Node[] => {
  const inner = isFields(node) ? node[name] : undefined;
  return (Array.isArray(inner) ? inner : [inner]).filter(isFields);
};
const attribute = (node: unknown, name: string): string => {
  const value = isFields(node) ? node[`@${name}`] : undefined;
  return typeof value === 'string' ? value : '';
};
const local = (name: string): string => name.slice(name.indexOf(':') + 1);

interface Schemas {
  readonly elements: Map<string, Node>;
  readonly types: Map<string, Node>;
}

const gather = (schema: Node, folder: string, into: Schemas, seen: Set<string>): void => {
  for (const element of all(schema, 'element')) into.elements.set(attribute(element, 'name'), element);
  for (const kind of ['complexType', 'simpleType'])
    for (const type of all(schema, kind)) into.types.set(attribute(type, 'name'), type);
  for (const kind of ['import', 'include'])
    for (const other of all(schema, kind)) {
      const location = attribute(other, 'schemaLocation');
      const path = resolve(folder, location);
      if (location === '' || /^https?:/.test(location) || seen.has(path) || !existsSync(path)) continue;
      seen.add(path);
      for (const inner of all(parseXml(readFileSync(path, 'utf8')), 'schema')) gather(inner, dirname(path), into, seen);
    }
};

const simple = (type: string, name: string): string => {
  if (/cpr|personnummer|personcivilregistration/i.test(name)) return '6101300000';
  if (type === 'date') return '2026-02-01';
  if (type === 'dateTime') return '2026-02-01T09:00:00Z';
  if (type === 'boolean') return 'true';
  return /^(int|integer|long|short|decimal|double|float|byte|(positive|nonNegative)Integer)$/.test(type) ? '1' : name;
};

const formOf = (node: Node, schemas: Schemas, depth: number): unknown => {
  const name = attribute(node, 'name') || local(attribute(node, 'ref'));
  const ref = attribute(node, 'ref');
  if (depth > 12) return undefined;
  if (ref !== '') {
    const target = schemas.elements.get(local(ref));
    return target === undefined ? name : formOf(target, schemas, depth + 1);
  }
  const typeName = local(attribute(node, 'type'));
  const type = schemas.types.get(typeName) ?? all(node, 'complexType')[0] ?? all(node, 'simpleType')[0];
  return type === undefined ? simple(typeName, name) : ofType(type, name, schemas, depth);
};

const ofType = (type: Node, name: string, schemas: Schemas, depth: number): unknown => {
  // Types of different vocabularies may share a name; a record is not that deep.
  if (depth > 12) return undefined;
  const [restriction] = all(type, 'restriction');
  if (restriction !== undefined)
    return (
      attribute(all(restriction, 'enumeration')[0], 'value') || simple(local(attribute(restriction, 'base')), name)
    );
  const [content] = [...all(type, 'complexContent'), ...all(type, 'simpleContent')];
  const [extension] = all(content, 'extension');
  const base = extension === undefined ? undefined : schemas.types.get(local(attribute(extension, 'base')));
  const inherited = base === undefined ? {} : ofType(base, name, schemas, depth + 1);
  const own = elementsIn(extension ?? type).flatMap((element): readonly [string, unknown][] => {
    const value = formOf(element, schemas, depth + 1);
    const called = attribute(element, 'name') || local(attribute(element, 'ref'));
    if (value === undefined || called === '') return [];
    const most = attribute(element, 'maxOccurs');
    return [[called, most === 'unbounded' || Number(most) > 1 ? [value] : value]];
  });
  const attributes = all(extension ?? type, 'attribute').map((one): [string, unknown] => [
    `@${attribute(one, 'name')}`,
    simple(local(attribute(one, 'type')), attribute(one, 'name')),
  ]);
  return { ...(isFields(inherited) ? inherited : {}), ...Object.fromEntries([...attributes, ...own]) };
};

/** Elements of a type, through sequences, choices and groups of all. */
const elementsIn = (node: Node): readonly Node[] => [
  ...all(node, 'element'),
  ...['sequence', 'choice', 'all'].flatMap((name) => all(node, name).flatMap(elementsIn)),
];

interface Way {
  readonly path: readonly string[];
  readonly record: Node;
}

/** The outermost list of records in an answer. */
const waysTo = (value: unknown, path: readonly string[]): readonly Way[] => {
  if (!isFields(value)) return [];
  const own = Object.entries(value).flatMap(([name, inner]): readonly Way[] =>
    Array.isArray(inner) && isFields(inner[0]) ? [{ path: [...path, name], record: inner[0] }] : [],
  );
  if (own.length > 0) return own;
  return Object.entries(value).flatMap(([name, inner]) => waysTo(inner, [...path, name]));
};

/** Leaves that stand in no list. */
const ownLeaves = (value: unknown): number => [...leavesOf(value)].filter(({ path }) => !path.includes('[]')).length;

/** The lists of an answer, the richest first; the answer itself where it says more than they do, as of one person. */
const candidates = ([name, value]: readonly [string, unknown]): readonly Way[] => {
  const lists = waysTo(value, [name]).toSorted((a, b) => ownLeaves(b.record) - ownLeaves(a.record));
  const most = Math.max(3, ...lists.map(({ record }) => ownLeaves(record)));
  return isFields(value) && ownLeaves(value) > most ? [{ path: [name], record: value }, ...lists] : lists;
};

/** Operations that change something are nothing to pull. */
const writes = /^(opret|opdat|ret|slet|fjern|import|create|update|delete|remove|save|set|send|add|ping|notify)/i;
const verb = /^(hent|soeg|søg|find|list|get|search|fremsoeg|fremsøg|read|laes|læs|udtraek|udtræk)/i;
const leadsToCpr = (value: unknown): readonly string[] | undefined => {
  if (!isFields(value)) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (/cpr|personnummer|personcivilregistration/i.test(name) && typeof inner === 'string') return [name];
    const below = leadsToCpr(Array.isArray(inner) ? inner[0] : inner);
    if (below !== undefined) return [name, ...below];
  }
  return undefined;
};

const kindNameOf = (operation: string): string =>
  operation.replace(verb, '').replace(/(liste?|er|Request)$/i, '') || operation;

export const sampleWsdl = (text: string, file: string): Sampled => {
  const definitions = all(parseXml(text), 'definitions')[0] ?? {};
  const schemas: Schemas = { elements: new Map(), types: new Map() };
  for (const types of all(definitions, 'types'))
    for (const schema of all(types, 'schema')) gather(schema, dirname(file), schemas, new Set());
  const messages = new Map(all(definitions, 'message').map((one) => [attribute(one, 'name'), one]));
  const bodyOf = (operation: Node, way: string): [string, unknown] | undefined => {
    const message = messages.get(local(attribute(all(operation, way)[0], 'message')));
    const parts = all(message, 'part').filter((one) => attribute(one, 'element') !== '');
    // What travels in the SOAP header is a part of the message too.
    const part = parts.find((one) => !/header/i.test(attribute(one, 'name') + attribute(one, 'element'))) ?? parts[0];
    const element = schemas.elements.get(local(attribute(part, 'element')));
    return element === undefined ? undefined : [attribute(element, 'name'), formOf(element, schemas, 0)];
  };
  const decisions: string[] = [];
  const operations = all(definitions, 'portType').flatMap((port) => all(port, 'operation'));
  const kinds = operations.flatMap((operation): readonly SampledKind[] => {
    const name = attribute(operation, 'name');
    const answer = bodyOf(operation, 'output');
    if (writes.test(name) || answer === undefined) return [];
    const [way, ...more] = candidates(answer);
    if (way === undefined) {
      decisions.push(`${name}: its answer has no list; if it is one record, write the kind by hand.`);
      return [];
    }
    if (more.length > 0)
      decisions.push(`${name}: its answer has other lists too (${more.map(({ path }) => path.join('.')).join(', ')}).`);
    const wanted = leadsToCpr(bodyOf(operation, 'input')?.[1]);
    const input = (wanted ?? []).reduceRight<unknown>((inner, step) => ({ [step]: inner }), '{cpr}');
    const asked = wanted === undefined ? { list: { operation: name } } : { byCitizen: { operation: name, input } };
    if (wanted === undefined) decisions.push(`${name}: put what it must be asked with into \`list.input\`.`);
    return [{ name: kindNameOf(name), at: way.path.join('.'), records: [way.record], invented: true, kind: asked }];
  });
  return { form: 'wsdl', kinds, config: {}, decisions };
};
