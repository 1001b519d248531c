// Names for references. Records point to organisations and professionals by id, often without a display; the
// directory reads those by `_id` (never a citizen, never a relative), remembers them for an hour, and writes
// `display` and `resolved` beside the reference, so that a mapping finds who it is without a join.
import type { RawRecord } from '../../src/adapter/contract.ts';
import type { Clock } from '../../src/clock.ts';
import { asHubError } from '../../src/errors.ts';
import type { FhirClient } from './client.ts';

type Json = Record<string, unknown>;

export interface Directory {
  /** Completes the references inside the records' bodies, in place. */
  name(records: readonly RawRecord[], signal: AbortSignal): Promise<void>;
}

interface Known {
  readonly at: number;
  readonly resource: Json | undefined;
}

const pattern = /^(Organization|Practitioner|PractitionerRole)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/;
const keepMs = 3_600_000;
const maximumKnown = 10_000;
const batch = 50;
const maximumDepth = 10;
const noDirectory = new Set(['source/forbidden', 'source/not-found', 'source/bad-request', 'source/bad-answer']);
/** What a mapping may use of the other resource; the rest is not carried along. */
const carried = ['resourceType', 'name', 'telecom', 'contact', 'practitioner', 'organization', 'code'];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object with a `reference` of the wanted types and no `display`. */
function* unnamed(value: unknown, base: string, depth = 0): Iterable<{ target: Json; type: string; id: string }> {
  if (depth > maximumDepth) return;
  if (Array.isArray(value)) {
    for (const element of value) yield* unnamed(element, base, depth + 1);
    return;
  }
  if (!isObject(value)) return;
  if (typeof value.reference === 'string' && value.display === undefined) {
    const relative = value.reference.startsWith(`${base}/`) ? value.reference.slice(base.length + 1) : value.reference;
    const [, type, id] = pattern.exec(relative) ?? [];
    if (type !== undefined && id !== undefined) yield { target: value, type, id };
  }
  for (const inner of Object.values(value)) if (typeof inner === 'object') yield* unnamed(inner, base, depth + 1);
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((part): part is string => typeof part === 'string') : [];

const personName = (names: unknown): string | undefined => {
  const name: unknown = Array.isArray(names) ? names[0] : undefined;
  if (!isObject(name)) return undefined;
  if (typeof name.text === 'string') return name.text;
  const parts = [...texts(name.given), ...(typeof name.family === 'string' ? [name.family] : [])];
  return parts.length === 0 ? undefined : parts.join(' ');
};

const displayOf = (resource: Json): string | undefined => {
  if (typeof resource.name === 'string') return resource.name;
  if (isObject(resource.practitioner) && typeof resource.practitioner.display === 'string')
    return resource.practitioner.display;
  return personName(resource.name);
};

const pick = (resource: Json): Json =>
  Object.fromEntries(carried.filter((name) => name in resource).map((name) => [name, resource[name]]));

export const createDirectory = (client: FhirClient, base: string, clock: Clock): Directory => {
  const known = new Map<string, Known>();
  const closed = new Set<string>();

  const fetchAll = async (type: string, ids: readonly string[], signal: AbortSignal): Promise<void> => {
    for (let from = 0; from < ids.length && !closed.has(type); from += batch) {
      const some = ids.slice(from, from + batch);
      const params = new URLSearchParams({ _id: some.join(','), _count: String(some.length) });
      try {
        const found = await client.search(type, params, signal);
        const at = clock.now().getTime();
        for (const id of some) known.set(`${type}/${id}`, { at, resource: undefined });
        for (const { resource } of found.entry)
          if (isObject(resource) && resource.resourceType === type)
            known.set(`${type}/${String(resource.id)}`, { at, resource: pick(resource) });
      } catch (thrown) {
        // A server without this type leaves records unnamed; a server in trouble ends the run, or names would flicker.
        if (!noDirectory.has(asHubError(thrown).code)) throw thrown;
        closed.add(type);
      }
    }
    while (known.size > maximumKnown) known.delete(known.keys().next().value ?? '');
  };

  const nameAll = async (values: readonly unknown[], signal: AbortSignal, depth: number): Promise<void> => {
    const targets = values.flatMap((value) => [...unnamed(value, base)]);
    const oldest = clock.now().getTime() - keepMs;
    const missing = new Map<string, Set<string>>();
    for (const { type, id } of targets) {
      const entry = known.get(`${type}/${id}`);
      if (entry !== undefined && entry.at >= oldest) continue;
      missing.set(type, (missing.get(type) ?? new Set()).add(id));
    }
    for (const [type, ids] of missing) {
      await fetchAll(type, [...ids], signal);
      // A role names its person by reference again.
      if (depth === 0)
        await nameAll(
          [...ids].map((id) => known.get(`${type}/${id}`)?.resource),
          signal,
          1,
        );
    }
    for (const { target, type, id } of targets) {
      const resource = known.get(`${type}/${id}`)?.resource;
      const display = resource === undefined ? undefined : displayOf(resource);
      if (display === undefined) continue;
      target.display = display;
      target.resolved = resource;
    }
  };

  return {
    name: (records, signal) =>
      nameAll(
        records.map(({ body }) => body),
        signal,
        0,
      ),
  };
};

export const noDirectoryWanted: Directory = { name: async () => {} };
