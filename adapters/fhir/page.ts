// One Bundle as a page: which entries are records, which are withdrawn (entered-in-error), which are only remarks.
import { z } from 'zod';
import type { RawRecord } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import type { Bundle } from './client.ts';

export interface BundlePage {
  readonly records: readonly RawRecord[];
  readonly deleted: readonly string[];
  readonly ignored: number;
  /** The newest `meta.lastUpdated` of the page, in milliseconds. */
  readonly newest?: number;
  readonly oldest?: number;
  /** No record is older than the one before it. */
  readonly ascending: boolean;
  /** Some record carried no `lastUpdated`. */
  readonly undated: boolean;
}

const seen = z.looseObject({
  resourceType: z.string(),
  id: z.string().optional().catch(undefined),
  meta: z.looseObject({ lastUpdated: z.string().optional() }).optional().catch(undefined),
});

const severities = z.looseObject({ issue: z.array(z.looseObject({ severity: z.string().optional() })).default([]) });

const codesOf = (concept: unknown): readonly unknown[] => {
  const codings = (concept as { coding?: unknown } | null | undefined)?.coding;
  return Array.isArray(codings) ? codings.map((coding) => (coding as { code?: unknown } | null)?.code) : [];
};

/** FHIR's way to say that a record should never have been: three elements, by resource type. */
const isWithdrawn = (resource: Readonly<Record<string, unknown>>): boolean =>
  resource.status === 'entered-in-error' ||
  resource.lifecycleStatus === 'entered-in-error' ||
  codesOf(resource.verificationStatus).includes('entered-in-error');

const refuseErrors = (outcome: unknown): void => {
  const read = severities.safeParse(outcome);
  if (read.success && read.data.issue.some(({ severity }) => severity === 'error' || severity === 'fatal'))
    throw new HubError({
      code: 'source/bad-answer',
      fault: 'source',
      message: 'The FHIR server reported an error inside its answer.',
    });
};

export const readPage = (type: string, bundle: Bundle): BundlePage => {
  // A Bundle may hold several versions of one resource; the last dated one counts.
  const byId = new Map<string, { at: number; body: Record<string, unknown> }>();
  const unnamed: RawRecord[] = [];
  const times: number[] = [];
  let ignored = 0;
  let undated = false;
  for (const entry of bundle.entry) {
    const read = seen.safeParse(entry.resource);
    const mode = entry.search?.mode;
    if (read.success && read.data.resourceType === 'OperationOutcome') refuseErrors(read.data);
    if (!read.success || read.data.resourceType !== type || mode === 'include' || mode === 'outcome') {
      ignored += 1;
      continue;
    }
    const { id = '', meta } = read.data;
    const at = Date.parse(meta?.lastUpdated ?? '');
    if (Number.isNaN(at)) undated = true;
    else times.push(at);
    if (id === '') unnamed.push({ key: '', body: read.data });
    else if (!((byId.get(id)?.at ?? Number.NEGATIVE_INFINITY) > at)) byId.set(id, { at, body: read.data });
  }
  const records: RawRecord[] = [...unnamed];
  const deleted: string[] = [];
  for (const [key, { body }] of byId)
    if (isWithdrawn(body)) deleted.push(key);
    else records.push({ key, body });
  return {
    records,
    deleted,
    ignored,
    undated,
    ascending: times.every((time, index) => time >= (times[index - 1] ?? time)),
    ...(times.length === 0 ? {} : { newest: Math.max(...times), oldest: Math.min(...times) }),
  };
};
