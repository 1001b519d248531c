// From a Bundle's text to the message that is kept: who it is about, which thread it belongs to, its place in the chain.
// The thread is a function of the message alone, so that no order of arrival can change it.
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { elementsOf, idOf, Refused, type Resources } from './bundle.ts';
import {
  communication,
  encounter,
  type identifier,
  messageHeader,
  organization,
  patient,
  provenance,
} from './elements.ts';
import type { Conversation, Link, Message, Party, Stay } from './message.ts';

type Identifier = z.infer<typeof identifier>;

const numberSystems = [
  'urn:oid:1.2.208.176.1.2', // CPR
  'urn:oid:1.2.208.176.1.6.1.1', // X-eCPR
];
/** D-eCPR: every region has its own system below this. */
const regional = 'urn:oid:1.2.208.176.1.6.1';
const sor = 'urn:oid:1.2.208.176.1.1';
const gln = 'https://www.gs1.org/gln';
const lpr3 = 'https://www.esundhed.dk/Registre/Landspatientregisteret';
const leaveUrl = /leave-?period/i;

export const events = {
  'hospital-notification-message': 'hospitalStay',
  'care-communication-message': 'careCommunication',
} as const satisfies Record<string, Message['kind']>;

/** What a message header alone tells: enough to answer, even where the rest is refused. */
export interface Header {
  readonly bundle: string;
  readonly id: string;
  readonly event: string;
  readonly sender: Party;
  readonly receiver: Party;
}

const required = (element: string): Refused => new Refused(element, 'required', 'MSG_RESOURCE_REQUIRED');

const partyOf = (resources: Resources, reference: string | undefined, endpoint?: string): Party => {
  const found = resources.at(reference);
  const given = found === undefined ? undefined : organization.safeParse(found).data;
  const id = (system: string): string | undefined => given?.identifier?.find((one) => one.system === system)?.value;
  const [name, sorId, glnId] = [given?.name, id(sor), id(gln)];
  return {
    ...(name === undefined ? {} : { name }),
    ...(sorId === undefined ? {} : { sor: sorId }),
    ...(glnId === undefined ? {} : { gln: glnId }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
};

/** Who it is; where its messages go is for the acknowledgement only. */
const named = ({ endpoint: _, ...party }: Party): Party => party;

/** @throws Refused */
export const readHeader = (resources: Resources): Header => {
  const [found, second] = resources.all('MessageHeader');
  if (found === undefined) throw required('MessageHeader');
  if (second !== undefined) throw new Refused('MessageHeader', 'structure', 'MSG_PARAM_INVALID');
  const header = elementsOf(messageHeader, 'MessageHeader', found);
  const [to] = header.destination ?? [];
  return {
    bundle: resources.bundleId,
    id: idOf(header.id),
    event: header.eventCoding.code,
    sender: partyOf(resources, header.sender?.reference, header.source?.endpoint),
    receiver: partyOf(resources, to?.receiver?.reference, to?.endpoint),
  };
};

const linksOf = (resources: Resources): readonly Link[] => {
  // References within the Bundle may go by fullUrl, and that need not be made of the id.
  const headerOf = (reference = ''): string => idOf(resources.at(reference)?.id ?? reference);
  return resources.all('Provenance').map((one) => {
    const given = elementsOf(provenance, 'Provenance', one);
    const header = headerOf(given.target[0]?.reference);
    if (header === '') throw required('Provenance.target');
    const at = given.occurredDateTime ?? given.recorded ?? '';
    return {
      header,
      activity: given.activity.coding[0]?.code.toLowerCase() ?? '',
      at,
      recorded: given.recorded ?? at,
      // What a message quotes (`source`) is no message before it.
      previous: (given.entity ?? []).flatMap(({ role, what: { reference } }) =>
        role !== 'source' && reference !== undefined && /MessageHeader|^urn:uuid:/i.test(reference)
          ? [headerOf(reference)]
          : [],
      ),
    };
  });
};

/** The first message of the chain this one stands in, as far as its own Bundle tells. */
const rootOf = (own: Link, links: readonly Link[]): string => {
  const seen = new Set<string>();
  let at = own.header;
  for (;;) {
    const before = links.find((link) => link.header === at && !seen.has(at))?.previous.toSorted()[0];
    seen.add(at);
    if (before === undefined || seen.has(before)) return at;
    at = before;
  }
};

/** Short enough to be a key; a UUID needs no system to be told apart. */
const keyOf = ({ system, value }: Identifier): string => {
  const bare = value.replace(/^urn:uuid:/i, '').toLowerCase();
  const key = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(bare) ? bare : `${system ?? ''}|${bare}`;
  return key.length <= 200 ? key : createHash('sha256').update(key).digest('hex');
};

/** @throws Refused */
const numberOf = (resources: Resources): { readonly cpr: string; readonly deceased: boolean } => {
  const [found] = resources.all('Patient');
  if (found === undefined) throw required('Patient');
  const given = elementsOf(patient, 'Patient', found);
  const own =
    given.identifier.find((one) => numberSystems.includes(one.system ?? '')) ??
    given.identifier.find((one) => one.system?.startsWith(regional) === true);
  if (own === undefined) throw required('Patient.identifier');
  return { cpr: own.value, deceased: given.deceasedBoolean === true || given.deceasedDateTime !== undefined };
};

const stayOf = (
  resources: Resources,
  deceased: boolean,
): { readonly stay: Stay; readonly ids: readonly Identifier[] } => {
  const [found] = resources.all('Encounter');
  if (found === undefined) throw required('Encounter');
  const given = elementsOf(encounter, 'Encounter', found);
  const leave = given.extension?.find(({ url }) => leaveUrl.test(url))?.valuePeriod;
  const ids = (given.episodeOfCare ?? []).flatMap((one) => one.identifier ?? []);
  return {
    ids: ids.toSorted((a, b) => Number(b.system === lpr3) - Number(a.system === lpr3)),
    stay: {
      status: given.status,
      class: given.class.code,
      start: given.period.start,
      ...(given.period.end === undefined ? {} : { end: given.period.end }),
      ...(leave === undefined
        ? {}
        : {
            leave: {
              ...(leave.start === undefined ? {} : { start: leave.start }),
              ...(leave.end === undefined ? {} : { end: leave.end }),
            },
          }),
      ward: partyOf(resources, given.serviceProvider?.reference),
      ...(deceased ? { deceased: true } : {}),
    },
  };
};

const conversationOf = (
  resources: Resources,
  withText: boolean,
): { readonly conversation: Conversation; readonly ids: readonly Identifier[] } => {
  const [found] = resources.all('Communication');
  if (found === undefined) throw required('Communication');
  const given = elementsOf(communication, 'Communication', found);
  const category = given.category?.[0]?.coding[0];
  const parts = given.payload ?? [];
  const timeOf = (part: (typeof parts)[number]): number =>
    Date.parse(part.extension?.find((one) => one.valueDateTime !== undefined)?.valueDateTime ?? '') || 0;
  // A message repeats what was written before it: its own text is the latest.
  const latest = parts.filter((part) => part.contentString !== undefined).toSorted((a, b) => timeOf(b) - timeOf(a))[0];
  return {
    ids: given.identifier ?? [],
    conversation: {
      ...(category === undefined ? {} : { category }),
      ...(given.priority === undefined ? {} : { priority: given.priority }),
      ...(given.topic?.text === undefined ? {} : { topic: given.topic.text }),
      attachments: parts.filter((part) => part.contentAttachment !== undefined).length,
      ...(withText && latest?.contentString !== undefined ? { text: latest.contentString } : {}),
    },
  };
};

const stayActivity = /^(revise-|cancel-)?(admit|start-leave|end-leave|discharge)-(inpatient|emergency)(-home)?$/;
const careActivity = /^(new|reply|forward|modified|modify|retract|carboncopy)-message$/;

/** @throws Refused */
export const readMessage = (
  resources: Resources,
  header: Header,
  options: { readonly messageText: boolean },
): Message => {
  const kind = (events as Readonly<Record<string, Message['kind']>>)[header.event];
  if (kind === undefined)
    throw new Refused('MessageHeader.eventCoding', 'not-supported', 'MSG_RECEIVER_UNABLE_TO_RECEIVE_MSG_TYPE');
  const { cpr, deceased } = numberOf(resources);
  const chain = linksOf(resources);
  const own = chain.find((link) => link.header === header.id);
  if (own === undefined) throw required('Provenance.target');
  if (!(kind === 'hospitalStay' ? stayActivity : careActivity).test(own.activity))
    throw new Refused('Provenance.activity', 'not-supported', 'MSG_CodeSystem_VALUE_UNKNOWN');
  const content =
    kind === 'hospitalStay'
      ? { kind, ...stayOf(resources, deceased) }
      : { kind, ...conversationOf(resources, options.messageText) };
  const { ids, ...rest } = content;
  // A forwarded correspondence stands in the chain of another, so only stays are held together by it.
  const byChain = ids.length === 0 || (kind === 'hospitalStay' && own.previous.length > 0) ? [rootOf(own, chain)] : [];
  const [thread = '', ...also] = new Set([...ids.map(keyOf), ...byChain]);
  const { bundle, id, sender, receiver } = header;
  return {
    bundle,
    header: id,
    thread,
    also,
    cpr,
    sender: named(sender),
    receiver: named(receiver),
    own,
    chain,
    ...rest,
  };
};
