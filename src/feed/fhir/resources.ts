// The records of a plan as FHIR R4 resources. Read-only and made from what the reader was shown, nothing else: a link to
// something hidden is not there, because the plan has none. Codes keep the system the source used.
export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

export interface Coded {
  readonly code: string;
  readonly display: string;
  readonly original?: { readonly system: string; readonly code: string; readonly display?: string };
}

/** A record as the plan has it. */
export interface PlanRecord {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly domain: string;
  readonly sensitivity: string;
  readonly observedAt: string;
  readonly sourceUpdatedAt?: string;
  readonly journalUrl?: string;
  readonly [field: string]: unknown;
}

export interface PlanLink {
  readonly from: string;
  readonly rel: string;
  readonly to: string;
}

const systemOfHub = 'urn:samspil:code';
const uri = (system: string): string =>
  /^(https?:|urn:)/.test(system) ? system : `urn:samspil:source-code:${encodeURIComponent(system)}`;

/** Elements that are not there are left out. */
export const present = (elements: object): object =>
  Object.fromEntries(
    Object.entries(elements).filter(
      ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  );

export const concept = (coded: Coded | undefined): object | undefined =>
  coded === undefined
    ? undefined
    : {
        coding: [
          ...(coded.original === undefined
            ? []
            : [
                present({
                  system: uri(coded.original.system),
                  code: coded.original.code.replaceAll(/\s+/g, ' ').trim(),
                  display: coded.original.display,
                }),
              ]),
          { system: systemOfHub, code: coded.code.replaceAll(/\s+/g, ' ').trim(), display: coded.display },
        ],
        text: coded.display,
      };

const textOnly = (text: string | undefined): object | undefined => (text === undefined ? undefined : { text });
export const subject = (citizen: string): object => ({ reference: `Patient/${citizen}` });
export const periodOf = (record: PlanRecord): object | undefined => record['period'] as object | undefined;
export const textOf = (record: PlanRecord, name: string): string | undefined => record[name] as string | undefined;

/** KOMBIT's four levels of sensitivity in HL7's confidentiality codes. */
const confidentiality: Readonly<Record<string, string>> = { normal: 'N', confidential: 'R', sensitive: 'V', vip: 'V' };

const metaOf = (record: PlanRecord): object => ({
  lastUpdated: record.observedAt,
  source: `urn:samspil:source:${record.source}`,
  security: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
      code: confidentiality[record.sensitivity] ?? 'V',
    },
  ],
  tag: [{ system: 'urn:samspil:domain', code: record.domain }],
});

const journal = (record: PlanRecord): readonly object[] | undefined =>
  record.journalUrl === undefined
    ? undefined
    : [{ url: 'urn:samspil:extension:journal-url', valueUrl: record.journalUrl }];

const carePlanStatus: Readonly<Record<string, string>> = {
  planned: 'draft',
  active: 'active',
  onHold: 'on-hold',
  completed: 'completed',
  cancelled: 'revoked',
  unknown: 'unknown',
};
const goalStatus: Readonly<Record<string, string>> = {
  planned: 'planned',
  active: 'active',
  onHold: 'on-hold',
  completed: 'completed',
  cancelled: 'cancelled',
  unknown: 'active',
};
const appointmentStatus: Readonly<Record<string, string>> = {
  planned: 'booked',
  active: 'arrived',
  onHold: 'pending',
  completed: 'fulfilled',
  cancelled: 'cancelled',
  unknown: 'proposed',
};

type Make = (record: PlanRecord, citizen: string, to: (rel: string) => readonly string[]) => Resource;

const references = (type: string, ids: readonly string[]): readonly object[] =>
  ids.map((id) => ({ reference: `${type}/${id}` }));

const planCategory = (coded: Coded | undefined, art: string): readonly object[] => [
  { coding: [{ system: 'urn:samspil:kind', code: art }] },
  ...(coded === undefined ? [] : [concept(coded) as object]),
];

const carePlan: Make = (record, citizen, to) => ({
  resourceType: 'CarePlan',
  id: record.id,
  meta: metaOf(record),
  ...present({
    extension: journal(record),
    status: carePlanStatus[textOf(record, 'status') ?? 'unknown'] ?? 'unknown',
    intent: 'plan',
    category: planCategory(record['type'] as Coded | undefined, 'plan'),
    title: textOf(record, 'title'),
    description: textOf(record, 'purpose'),
    subject: subject(citizen),
    period: periodOf(record),
    goal: references('Goal', to('goal')),
  }),
});

const intervention: Make = (record, citizen, to) => ({
  resourceType: 'CarePlan',
  id: record.id,
  meta: metaOf(record),
  ...present({
    extension: journal(record),
    partOf: references('CarePlan', to('plan')),
    status: carePlanStatus[textOf(record, 'status') ?? 'unknown'] ?? 'unknown',
    intent: 'order',
    category: [
      { coding: [{ system: 'urn:samspil:kind', code: 'intervention' }] },
      { coding: [{ system: 'urn:samspil:intervention-type', code: textOf(record, 'type') ?? 'intervention' }] },
      ...((record['legalBasis'] as readonly string[] | undefined) ?? []).map((basis) => ({ text: basis })),
    ],
    title: textOf(record, 'title'),
    subject: subject(citizen),
    period: periodOf(record),
    created: textOf(record, 'grantedAt'),
    contributor: textOf(record, 'provider') === undefined ? undefined : [{ display: textOf(record, 'provider') }],
    goal: references('Goal', to('goal')),
  }),
});

const goal: Make = (record, citizen) => ({
  resourceType: 'Goal',
  id: record.id,
  meta: metaOf(record),
  ...present({
    extension: journal(record),
    lifecycleStatus: goalStatus[textOf(record, 'status') ?? 'unknown'] ?? 'active',
    category: [
      { coding: [{ system: 'urn:samspil:goal-category', code: textOf(record, 'category') ?? 'goal' }] },
      ...(textOf(record, 'type') === undefined
        ? []
        : [{ coding: [{ system: 'urn:samspil:goal-type', code: textOf(record, 'type') }] }]),
    ],
    description: textOnly(textOf(record, 'text')),
    subject: subject(citizen),
    startDate: (periodOf(record) as { start?: string } | undefined)?.start,
    target: (() => {
      const due = (periodOf(record) as { end?: string } | undefined)?.end;
      return due === undefined ? undefined : [{ dueDate: due }];
    })(),
  }),
});

const appointment: Make = (record, citizen) => ({
  resourceType: 'Appointment',
  id: record.id,
  meta: metaOf(record),
  ...present({
    extension: journal(record),
    status: appointmentStatus[textOf(record, 'status') ?? 'unknown'] ?? 'proposed',
    appointmentType: concept(record['type'] as Coded | undefined),
    description: textOf(record, 'title'),
    start: textOf(record, 'start'),
    // R4 wants both or neither.
    end: textOf(record, 'end') ?? textOf(record, 'start'),
    comment: (record['agenda'] as readonly string[] | undefined)?.join('\n'),
    participant: [
      { actor: subject(citizen), status: 'accepted' },
      ...((record['participants'] as readonly { name?: string; role?: string }[] | undefined) ?? []).map((one) => ({
        actor: { display: one.name ?? one.role ?? 'Deltager' },
        // Tentative until the citizen has said yes: nobody has promised to come.
        status: record['status'] === 'onHold' ? 'tentative' : 'accepted',
      })),
      ...(textOf(record, 'location') === undefined
        ? []
        : [{ actor: { display: textOf(record, 'location') }, status: 'accepted' }]),
    ],
  }),
});

const documentReference: Make = (record, citizen) => ({
  resourceType: 'DocumentReference',
  id: record.id,
  meta: metaOf(record),
  ...present({
    status: 'current',
    type: { coding: [{ system: 'urn:samspil:journal-reference', code: textOf(record, 'type') ?? 'entry' }] },
    subject: subject(citizen),
    identifier:
      textOf(record, 'number') === undefined
        ? undefined
        : [{ system: `urn:samspil:source:${record.source}`, value: textOf(record, 'number') }],
    description: textOf(record, 'title'),
    content: [
      {
        attachment: present({
          contentType: 'text/html',
          url: record.journalUrl,
          title: textOf(record, 'title'),
          creation: textOf(record, 'date'),
        }),
      },
    ],
  }),
});

/** One resource per record; contacts are gathered per source in `careTeams`. */
export const makers: Readonly<Record<string, Make>> = {
  plan: carePlan,
  intervention,
  goal,
  appointment,
  journalReference: documentReference,
};
