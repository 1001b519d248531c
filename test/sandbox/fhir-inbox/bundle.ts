// Message Bundles as a hospital would send them (MedCom HospitalNotification and CareCommunication, FHIR R4 JSON): every
// message with its own Provenance and those of the messages before it. Written by the project; nobody in it is real.

export interface Party {
  readonly name: string;
  readonly sor: string;
  readonly gln: string;
}

/** One message: what happened, when, and which message it builds on. */
export interface Note {
  /** MessageHeader.id; the Bundle's id is made from it. */
  readonly id: string;
  readonly activity: string;
  readonly at: string;
  readonly previous?: string;
  /** `removal` of what it cancels. */
  readonly role?: 'revision' | 'removal';
}

export interface StayNote extends Note {
  readonly status: 'in-progress' | 'onleave' | 'finished' | 'entered-in-error';
  readonly class?: 'IMP' | 'EMER';
  readonly start: string;
  readonly end?: string;
  readonly leave?: { readonly start: string; readonly end?: string };
  readonly ward: Party;
  readonly deceased?: true;
  /** What the hospital calls the stay in this message, where that changes. */
  readonly known?: readonly { readonly system: string; readonly value: string }[];
}

export interface CareNote extends Note {
  readonly from: Party;
  readonly to: Party;
  readonly category: string;
  readonly topic?: string;
  readonly text: string;
}

interface Citizen {
  readonly cpr: string;
  readonly given: readonly string[];
  readonly family: string;
}
export interface Stay {
  readonly kind: 'stay';
  /** The LPR3 identifier of the whole stay; left out by a hospital that has none yet. */
  readonly episode?: string;
  readonly citizen: Citizen;
  readonly receiver: Party;
  readonly notes: readonly StayNote[];
}
export interface Correspondence {
  readonly kind: 'care';
  readonly identifier?: string;
  readonly citizen: Citizen;
  readonly notes: readonly CareNote[];
}
export type Thread = Stay | Correspondence;

const base = 'http://medcomfhir.dk/ig';
const codes = `${base}/terminology/CodeSystem`;
const url = (type: string, id: string): string => `https://region.example/fhir/${type}/${id}`;
const resource = (resourceType: string, id: string, elements: object) => ({
  fullUrl: url(resourceType, id),
  resource: { resourceType, id, ...elements },
});
type Entry = ReturnType<typeof resource>;
const refer = (type: string, id: string) => ({ reference: `${type}/${id}` });
const part = (note: Note, name: string): string => `${note.id.slice(0, -4)}${name}`;

const organization = (note: Note, name: string, party: Party): Entry =>
  resource('Organization', part(note, name), {
    identifier: [
      { system: 'https://www.gs1.org/gln', value: party.gln },
      { system: 'urn:oid:1.2.208.176.1.1', value: party.sor },
    ],
    name: party.name,
  });

const endpoint = (party: Party): string => `https://sor2.sum.dsdn.dk/#id=${party.sor}`;

const header = (note: Note, event: string, focus: string, from: Party, to: Party): Entry =>
  resource('MessageHeader', note.id, {
    eventCoding: { system: `${codes}/medcom-messaging-eventCodes`, code: event },
    destination: [
      {
        extension: [
          {
            url: `${base}/messaging/StructureDefinition/medcom-messaging-destinationUseExtension`,
            valueCoding: { system: `${codes}/medcom-messaging-destinationUse`, code: 'primary' },
          },
        ],
        endpoint: endpoint(to),
        receiver: refer('Organization', part(note, '0002')),
      },
    ],
    sender: refer('Organization', part(note, '0001')),
    source: { endpoint: endpoint(from) },
    focus: [{ reference: focus }],
  });

const patient = (note: Note, { cpr, given, family }: Citizen, deceased: boolean): Entry =>
  resource('Patient', part(note, '0003'), {
    identifier: [{ system: 'urn:oid:1.2.208.176.1.2', value: cpr }],
    name: [{ use: 'official', given, family }],
    ...(deceased ? { deceasedBoolean: true } : {}),
  });

const provenance = (note: Note, within: Note, place: number): Entry =>
  resource('Provenance', part(within, `1${String(place).padStart(3, '0')}`), {
    target: [refer('MessageHeader', note.id)],
    occurredDateTime: note.at,
    recorded: note.at,
    activity: { coding: [{ system: `${codes}/medcom-messaging-activityCodes`, code: note.activity }] },
    agent: [{ who: refer('Organization', part(within, '0001')) }],
    ...(note.previous === undefined
      ? {}
      : { entity: [{ role: note.role ?? 'revision', what: refer('MessageHeader', note.previous) }] }),
  });

/** The note and all that its chain goes back to. */
const chainOf = (notes: readonly Note[], note: Note): readonly Note[] => {
  const before = notes.find(({ id }) => id === note.previous);
  return before === undefined ? [note] : [note, ...chainOf(notes, before)];
};

const lpr3Of = ({ episode }: Stay): NonNullable<StayNote['known']> =>
  episode === undefined
    ? []
    : [{ system: 'https://www.esundhed.dk/Registre/Landspatientregisteret', value: `urn:uuid:${episode}` }];

const stayParts = (thread: Stay, note: StayNote): readonly Entry[] => [
  header(note, 'hospital-notification-message', `Encounter/${part(note, '0004')}`, note.ward, thread.receiver),
  patient(note, thread.citizen, note.deceased === true),
  resource('Encounter', part(note, '0004'), {
    ...(note.leave === undefined
      ? {}
      : {
          extension: [
            {
              url: `${base}/hospitalnotification/StructureDefinition/medcom-hospitalnotification-leave-period-extension`,
              valuePeriod: note.leave,
            },
          ],
        }),
    status: note.status,
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: note.class ?? 'IMP' },
    subject: refer('Patient', part(note, '0003')),
    episodeOfCare: (note.known ?? lpr3Of(thread)).map((identifier) => ({ identifier })),
    period: { start: note.start, ...(note.end === undefined ? {} : { end: note.end }) },
    serviceProvider: refer('Organization', part(note, '0001')),
  }),
  organization(note, '0001', note.ward),
  organization(note, '0002', thread.receiver),
];

const careParts = (thread: Correspondence, note: CareNote): readonly Entry[] => [
  header(note, 'care-communication-message', `Communication/${part(note, '0004')}`, note.from, note.to),
  patient(note, thread.citizen, false),
  resource('Communication', part(note, '0004'), {
    ...(thread.identifier === undefined ? {} : { identifier: [{ value: `urn:uuid:${thread.identifier}` }] }),
    status: 'unknown',
    category: [{ coding: [{ system: `${codes}/medcom-careCommunication-categoryCodes`, code: note.category }] }],
    subject: refer('Patient', part(note, '0003')),
    ...(note.topic === undefined ? {} : { topic: { text: note.topic } }),
    payload: [
      {
        extension: [{ url: `${base}/core/StructureDefinition/medcom-core-datetime-extension`, valueDateTime: note.at }],
        contentString: note.text,
      },
    ],
  }),
  organization(note, '0001', note.from),
  organization(note, '0002', note.to),
];

export const bundleIdOf = (note: Note): string => part(note, 'b000');

/** The Bundle that brings one note of a thread. */
export const bundleOf = (thread: Thread, at: number): object => {
  const note = thread.notes[at];
  if (note === undefined) throw new RangeError('The thread has no such note.');
  const parts = thread.kind === 'stay' ? stayParts(thread, note as StayNote) : careParts(thread, note as CareNote);
  return {
    resourceType: 'Bundle',
    id: bundleIdOf(note),
    type: 'message',
    timestamp: note.at,
    entry: [...parts, ...chainOf(thread.notes, note).map((one, place) => provenance(one, note, place))],
  };
};

/** Every message of a thread, in the order it was written. */
export const bundlesOf = (thread: Thread): readonly object[] => thread.notes.map((_, at) => bundleOf(thread, at));
