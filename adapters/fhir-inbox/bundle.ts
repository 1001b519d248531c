// A message Bundle as text, taken apart into its resources. What is wrong is a Refusal: it names the element and MedCom's
// code for it, never a value.
import { z } from 'zod';

/** Why a message cannot be used: what its sender is told. */
export interface Refusal {
  /** As in FHIRPath, without indexes: `Encounter.period.start`. */
  readonly element: string;
  /** OperationOutcome.issue.code. */
  readonly issue: 'structure' | 'required' | 'value' | 'not-supported' | 'too-long';
  readonly details: RefusalDetails;
}
export type RefusalDetails =
  | 'MSG_BAD_SYNTAX'
  | 'MSG_JSON_OBJECT'
  | 'MSG_RESOURCE_REQUIRED'
  | 'MSG_PARAM_INVALID'
  | 'MSG_RECEIVER_UNABLE_TO_RECEIVE_MSG_TYPE'
  | 'MSG_CodeSystem_VALUE_UNKNOWN';

export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(element: string, issue: Refusal['issue'], details: RefusalDetails) {
    super(`refused: ${element}`);
    this.refusal = { element, issue, details };
  }
}

const resource = z.looseObject({ resourceType: z.string().min(1), id: z.string().optional() });
export type Resource = z.infer<typeof resource>;
const envelope = z.looseObject({
  resourceType: z.literal('Bundle'),
  id: z.string().min(1).max(200),
  type: z.literal('message'),
  entry: z.array(z.looseObject({ fullUrl: z.string().optional(), resource })).min(1),
});

export interface Resources {
  readonly bundleId: string;
  all(type: string): readonly Resource[];
  /** The resource a reference in this Bundle points to. */
  at(reference: string | undefined): Resource | undefined;
}

/** The last part of a reference or URL, in lower case: `MessageHeader/X`, `urn:uuid:x`, `https://…/MessageHeader/x` → `x`. */
export const idOf = (reference: string): string =>
  (reference.split('/').at(-1) ?? '').replace(/^urn:(uuid|oid):/i, '').toLowerCase();

const pathOf = (type: string, path: readonly PropertyKey[]): string =>
  [type, ...path.filter((part) => typeof part === 'string')].join('.');

const valueAt = (given: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | null | undefined)?.[part], given);

/** Reads a resource's elements with zod. @throws Refused naming the element */
export const elementsOf = <Shape>(schema: z.ZodType<Shape>, type: string, given: unknown): Shape => {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path ?? [];
  const absent = valueAt(given, path) === undefined;
  throw new Refused(
    pathOf(type, path),
    absent ? 'required' : 'value',
    absent ? 'MSG_RESOURCE_REQUIRED' : 'MSG_PARAM_INVALID',
  );
};

/** @throws Refused */
export const readBundle = (text: string): Resources => {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new Refused('Bundle', 'structure', 'MSG_JSON_OBJECT');
  }
  const bundle = elementsOf(envelope, 'Bundle', json);
  const found = bundle.entry.map(({ fullUrl, resource: one }) =>
    one.id === undefined && fullUrl !== undefined ? { ...one, id: idOf(fullUrl) } : one,
  );
  const named = new Map<string, Resource>();
  for (const { fullUrl, resource: one } of bundle.entry) {
    if (one.id !== undefined) named.set(`${one.resourceType}/${one.id}`.toLowerCase(), one);
    if (fullUrl !== undefined) named.set(fullUrl.toLowerCase(), one);
  }
  return {
    bundleId: idOf(bundle.id),
    all: (type) => found.filter((one) => one.resourceType === type),
    at: (reference) => {
      if (reference === undefined) return undefined;
      const whole = reference.toLowerCase();
      return named.get(whole) ?? named.get(whole.split('/').slice(-2).join('/'));
    },
  };
};
