// A record made up from a JSON schema (OpenAPI): right in form, about nobody. What a vendor's document promises is enough
// to begin a mapping with.
import { isFields } from './sample-records.ts';

type Schema = Readonly<Record<string, unknown>>;

export interface Document {
  /** What `#/components/schemas/Case` stands for. */
  resolve(schema: unknown): Schema | undefined;
}

export const documentOf = (root: unknown): Document => ({
  resolve(schema) {
    let here: unknown = schema;
    for (let hops = 0; hops < 10 && isFields(here) && typeof here['$ref'] === 'string'; hops += 1) {
      const names = here['$ref'].replace(/^#\//, '').split('/');
      here = names.reduce<unknown>(
        (inner, name) => (isFields(inner) ? inner[name.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
        root,
      );
    }
    return isFields(here) ? here : undefined;
  },
});

const typeOf = (schema: Schema): unknown => (Array.isArray(schema['type']) ? schema['type'][0] : schema['type']);

const textOf = (schema: Schema, name: string): unknown => {
  const [first] = Array.isArray(schema['enum']) ? schema['enum'] : [];
  if (first !== undefined && first !== null) return first;
  if (/cpr|personnummer/i.test(name)) return '6101300000';
  const format = schema['format'];
  if (format === 'date') return '2026-02-01';
  if (format === 'date-time') return '2026-02-01T09:00:00Z';
  if (format === 'uuid') return '5f0c2b1e-0000-4000-8000-000000000001';
  return typeof schema['example'] === 'string' && schema['example'].length < 60 ? schema['example'] : name;
};

/** @param depth how deep a record goes: schemas may name themselves */
export const inventFrom = (document: Document, given: unknown, name: string, depth = 0): unknown => {
  const schema = document.resolve(given);
  if (schema === undefined || depth > 6) return undefined;
  const whole = schema['allOf'];
  if (Array.isArray(whole))
    return Object.assign({}, ...whole.map((part) => inventFrom(document, part, name, depth) ?? {}));
  const either = schema['oneOf'] ?? schema['anyOf'];
  if (Array.isArray(either)) {
    const real = either.find((one) => typeOf(document.resolve(one) ?? {}) !== 'null');
    return inventFrom(document, real, name, depth + 1);
  }
  const properties = schema['properties'];
  if (isFields(properties))
    return Object.fromEntries(
      Object.entries(properties).flatMap(([own, inner]) => {
        const value = inventFrom(document, inner, own, depth + 1);
        return value === undefined ? [] : [[own, value]];
      }),
    );
  switch (typeOf(schema)) {
    case 'array': {
      const element = inventFrom(document, schema['items'], name, depth + 1);
      return element === undefined ? undefined : [element];
    }
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return 1;
    case 'string':
      return textOf(schema, name);
    default:
      return undefined;
  }
};

/** Values a schema lists for a path of a record, for code tables. */
export const enumsOf = (
  document: Document,
  given: unknown,
  path = '',
  depth = 0,
): ReadonlyMap<string, readonly string[]> => {
  const schema = document.resolve(given);
  const found = new Map<string, readonly string[]>();
  if (schema === undefined || depth > 6) return found;
  if (Array.isArray(schema['enum'])) found.set(path, schema['enum'].filter((one) => one !== null).map(String));
  const inner: [string, unknown][] = [
    ...(isFields(schema['properties']) ? Object.entries(schema['properties']) : []).map(
      ([own, one]): [string, unknown] => [path === '' ? own : `${path}.${own}`, one],
    ),
    ...(schema['items'] === undefined ? [] : [[`${path}[]`, schema['items']] as [string, unknown]]),
    ...(Array.isArray(schema['allOf']) ? schema['allOf'].map((one): [string, unknown] => [path, one]) : []),
  ];
  for (const [own, one] of inner)
    for (const [at, values] of enumsOf(document, one, own, depth + 1)) found.set(at, values);
  return found;
};
