// Values for the contract test: what the file allows, made from its schemas and from what the hub itself has given out,
// and the odd things strangers send. Chance is seeded, so a failure can be asked again.
import { generateSync } from 'json-schema-faker';
import type { Random } from '../sandbox/world/random.ts';
import { components, type Operation, type Parameter, resolved, type Schema } from './contract-file.ts';

/** What answers have given out so far, by the place it is used in: ids by path, cursors, tags. */
export interface Pool {
  /** Texts for a place such as `/v1/consents/{id}` or `/v1/changes?after`, the newest last. */
  of(place: string): readonly string[];
  put(place: string, text: string): void;
}

export const createPool = (): Pool => {
  const kept = new Map<string, string[]>();
  return {
    of: (place) => kept.get(place) ?? [],
    put(place, text) {
      const others = (kept.get(place) ?? []).filter((one) => one !== text);
      kept.set(place, [...others.slice(-40), text]);
    },
  };
};

export const made = (schema: Schema, random: Random): unknown => {
  const { minProperties = 0 } = resolved(schema) as { readonly minProperties?: number };
  return generateSync({ ...schema, components } as never, {
    seed: random.int(1, 2 ** 30),
    // Where something must be said and nothing is required, everything is.
    optionalsProbability: minProperties > 0 ? 1 : random.pick([0, 0.3, 1]),
  });
};

/** The part of a path that names what its id is an id of: `/v1/consents/{id}/withdraw` → `/v1/consents/{id}`. */
export const placeOf = (operation: Operation, parameter: Parameter): string =>
  parameter.in === 'path'
    ? operation.path.slice(0, operation.path.indexOf(`{${parameter.name}}`) + parameter.name.length + 2)
    : `${operation.path}?${parameter.name}`;

/** A value the file allows, one the hub knows where there is one. */
export const allowedText = (operation: Operation, parameter: Parameter, pool: Pool, random: Random): string => {
  // A long poll that waits would only make the test long.
  if (parameter.name === 'wait') return '0';
  if (parameter.name === 'X-Purpose') return random.pick(['coordinated-plan', 'follow-up']);
  const known = pool.of(placeOf(operation, parameter));
  if (known.length > 0 && random.chance(0.9)) return random.pick(known);
  return String(made(parameter.schema, random));
};

/** No refusal may say again what it was given; this is what it is looked for by. */
export const marker = 'kanariefugl';

/** Strangers' texts. */
export const oddTexts: readonly string[] = [
  marker,
  `plans(${marker})`,
  `${marker}:x`,
  '',
  ' ',
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  '1.5',
  'NaN',
  'null',
  'true',
  '[]',
  '{}',
  '..',
  '../../etc/passwd',
  '%',
  '%zz',
  '%00',
  '%ff%fe',
  '\u0000',
  '\ud800',
  '\u202e\u0000x',
  '__proto__',
  'constructor',
  'toString',
  "' or 1=1 --",
  '"><script>',
  '$where',
  '{{7*7}}',
  'æøå ÆØÅ',
  '😀'.repeat(30),
  'a'.repeat(99),
  'a'.repeat(101),
  'a'.repeat(2100),
  'plans(',
  'plans(title',
  '((((((((',
  'plans(title),plans(title)',
  'citizen(cpr)',
  '00000000-0000-0000-0000-000000000000',
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '{7f9c24e8-3b12-8fef-91e0-56a2d5a5bb02}',
  '2026-02-30',
  '0000-01-01',
  '9999-12-31',
  '+275760-09-13',
  '-000001-01-01T00:00:00Z',
  '2026-11-21T10:00:00Z',
  '9999-12-31T23:59:59Z',
  '0001-01-01T00:00:00Z',
  '2026-11-21T25:00:00Z',
  '*',
  'W/"x"',
  ',,,,',
  'AAAA',
];

/** Strangers' JSON values. */
export const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  [],
  {},
  [[]],
  [null],
  { toString: 1 },
  ...oddTexts,
];

const propertiesOf = (schema: Schema): readonly string[] =>
  Object.keys((resolved(schema)['properties'] as object | undefined) ?? {});

/** A body with one thing changed: a field gone, another value, a field nobody knows. */
export const bentBody = (body: unknown, schema: Schema, random: Random): unknown => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return random.pick(oddValues);
  const fields = { ...(body as Record<string, unknown>) };
  const names = [...new Set([...Object.keys(fields), ...propertiesOf(schema)])];
  const way = random.int(0, 4);
  const name = names.length === 0 ? 'x' : random.pick(names);
  if (way === 0) delete fields[name];
  else if (way === 1) fields[random.pick([marker, 'cpr', 'id', '__proto__x', 'æ', ''])] = random.pick(oddValues);
  else if (way === 2 && typeof fields[name] === 'object' && fields[name] !== null)
    fields[name] = Array.isArray(fields[name])
      ? [...(fields[name] as unknown[]), random.pick(oddValues)]
      : bentBody(fields[name], (resolved(schema)['properties'] as Record<string, Schema>)?.[name] ?? {}, random);
  else if (way === 3) return random.pick(oddValues);
  else fields[name] = random.pick(oddValues);
  return fields;
};
