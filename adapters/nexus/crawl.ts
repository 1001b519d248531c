// One citizen's records of one kind. Nexus answers do not repeat whose they are, so the patient's id is added, and to
// what stands in the tree the pathway that holds it.
import { z } from 'zod';
import type { ByCitizenOptions, Page, RawRecord } from '../../src/adapter/contract.ts';
import type { Clock } from '../../src/clock.ts';
import { HubError } from '../../src/errors.ts';
import type { NexusConfig } from './config.ts';
import { grantBody } from './grant.ts';
import { linkOf, type Resource, requireLink, resource, shaped, stopIfAborted } from './hal.ts';
import { type Citizen, findPatient, follow, type Patient, readEvents, readPages, readTree } from './patient.ts';
import type { NexusKind } from './records.ts';
import type { Session } from './session.ts';
import { grantType, keyOf, ofTypes, type Placed, pathwayType, professionalType } from './tree.ts';

export interface Reading {
  readonly session: Session;
  readonly config: NexusConfig;
  readonly clock: Clock;
}

/** Grants are read one by one: so many make a page. */
const grantsTogether = 100;
const mostRecords = 1000;
const dayMs = 86_400_000;
const list = z.array(z.unknown());

const keyFrom = (body: unknown): string => {
  const id = (body as { readonly id?: unknown } | null)?.id;
  return typeof id === 'number' || typeof id === 'string' ? String(id) : '';
};

/** Links lead somewhere; they are never content, however deep. */
const bare = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (name === '_links' ? [] : [[name, bare(inner)]])),
  );
};
const withoutLinks = (body: unknown): Record<string, unknown> => ({ ...(bare(body) as Record<string, unknown>) });

/** A record from an element of a flat list. */
const listed = (patient: Patient, element: unknown): RawRecord => ({
  key: keyFrom(element),
  body: { ...withoutLinks(element), patientId: patient.id },
});

/** A record from the reference itself: what the tree tells is all that is needed of it. */
const fromTree = (patient: Patient, { node, pathway }: Placed): RawRecord => {
  const { children: _, ...own } = node;
  const rest = withoutLinks(own);
  return {
    key: keyOf(node),
    body: { ...rest, patientId: patient.id, ...(pathway === undefined ? {} : { pathwayId: pathway }) },
  };
};

const treeRecords = async (
  citizen: Citizen,
  patient: Patient,
  types: readonly string[],
): Promise<readonly RawRecord[]> =>
  ofTypes(await readTree(citizen, patient), types).map((placed) => fromTree(patient, placed));

const readGrant = async (citizen: Citizen, { node }: Placed): Promise<Resource | undefined> => {
  const href = linkOf(node, 'referencedObject') ?? requireLink(node, 'self');
  try {
    return shaped(resource, await follow(citizen, href));
  } catch (thrown) {
    // Removed between the tree and now.
    if (thrown instanceof HubError && thrown.code === 'source/not-found') return undefined;
    throw thrown;
  }
};

/** The whole grants behind the tree's references. What was removed from the basket is not fetched: it is not granted. */
async function* grantPages(citizen: Citizen, patient: Patient): AsyncGenerator<readonly RawRecord[]> {
  let records: RawRecord[] = [];
  for (const placed of ofTypes(await readTree(citizen, patient), [grantType])) {
    stopIfAborted(citizen.signal);
    if (placed.node.workflowState?.name === 'Fjernet') continue;
    const grant = await readGrant(citizen, placed);
    if (grant === undefined) continue;
    const id = keyOf(placed.node) || keyFrom(grant);
    const { pathway } = placed;
    const body = {
      ...grantBody(grant),
      id,
      patientId: patient.id,
      ...(pathway === undefined ? {} : { pathwayId: pathway }),
    };
    records.push({ key: id, body });
    if (records.length < grantsTogether) continue;
    yield records;
    records = [];
  }
  yield records;
}

/** Whole days, so that the address asked for stays the same all day. */
const windowOf = ({ config, clock }: Reading): { readonly from: string; readonly to: string } => {
  const today = Math.floor(clock.now().getTime() / dayMs) * dayMs;
  const at = (days: number): string => new Date(today + days * dayMs).toISOString();
  return { from: at(-config.calendarDaysBack), to: at(config.calendarDaysAhead + 1) };
};

async function* recordsOf(
  kind: NexusKind,
  reading: Reading,
  citizen: Citizen,
  patient: Patient,
): AsyncGenerator<readonly RawRecord[]> {
  if (kind === 'patient') yield [{ key: patient.id, body: withoutLinks(patient.body) }];
  else if (kind === 'grant') yield* grantPages(citizen, patient);
  else if (kind === 'pathway') yield await treeRecords(citizen, patient, [pathwayType]);
  else if (kind === 'professional') yield await treeRecords(citizen, patient, [professionalType]);
  else if (kind === 'document') yield await treeRecords(citizen, patient, reading.config.documentTypes);
  else if (kind === 'appointment')
    yield (await readEvents(citizen, patient, windowOf(reading))).map((event) => listed(patient, event));
  else if (kind === 'organisation') {
    const href = linkOf(patient.body, 'patientOrganizations');
    if (href !== undefined) yield shaped(list, await follow(citizen, href)).map((one) => listed(patient, one));
  } else
    for await (const items of readPages(citizen, patient, 'inboxMessages'))
      yield items.map((item) => listed(patient, item));
}

export async function* crawlKind(
  kind: NexusKind,
  reading: Reading,
  { cpr, signal }: ByCitizenOptions,
): AsyncGenerator<Page<null>> {
  stopIfAborted(signal);
  const citizen: Citizen = { session: reading.session, config: reading.config, cpr, signal };
  const patient = await findPatient(citizen);
  if (patient === undefined) return;
  for await (const records of recordsOf(kind, reading, citizen, patient))
    for (let from = 0; from < records.length; from += mostRecords) {
      stopIfAborted(signal);
      yield { records: records.slice(from, from + mostRecords), deleted: [], checkpoint: null };
    }
}
