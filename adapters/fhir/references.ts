// References inside a record: where they are, what they point to. FHIR lets a server leave out `Reference.type`
// although the reference says it; it is filled in, so that a mapping can tell a citizen from a professional.

export type Json = Record<string, unknown>;

export interface Reference {
  /** The object that holds `reference`; completed in place. */
  readonly target: Json;
  readonly type: string;
  readonly id: string;
  /** Points into the configured server. */
  readonly own: boolean;
}

const pattern = /^(?:(.*)\/)?([A-Z][A-Za-z]{1,40})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[^/]+)?$/;
const maximumDepth = 12;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every literal reference of the value; contained (`#1`) and `urn:` references name no type and are passed over. */
export function* references(value: unknown, base: string, depth = 0): Iterable<Reference> {
  if (depth > maximumDepth) return;
  if (Array.isArray(value)) {
    for (const element of value) yield* references(element, base, depth + 1);
    return;
  }
  if (!isObject(value)) return;
  if (typeof value.reference === 'string') {
    const [, prefix, type, id] = pattern.exec(value.reference) ?? [];
    if (type !== undefined && id !== undefined)
      yield { target: value, type, id, own: prefix === undefined || prefix === base };
  }
  for (const inner of Object.values(value)) if (typeof inner === 'object') yield* references(inner, base, depth + 1);
}
