// Citizens as the FHIR R4 resources of the health system, in KL's profiles' manner: only those health and care know. A
// plan of siblings names them in a contained Group and is written once, with the first of them.
import type { FhirResource } from '../fhir/data.ts';
import { instantAt } from './days.ts';
import { code, coding, concept, followUpResults, goalTypeCode, statusOf, supportNeeds, systems } from './fhir-codes.ts';
import { keyOf } from './keys.ts';
import { isProtected } from './person.ts';

import { nameOf } from './relatives.ts';
import { units } from './staff.ts';
import { consentsOf } from './to-fhir-consents.ts';
import { relatedPersons } from './to-fhir-related.ts';
import type { Citizen, Goal, HealthCare, Intervention, Meeting } from './types.ts';

export type Make = (type: string, id: string, elements: Record<string, unknown>) => FhirResource;

const marking = { confidential: 'R', sensitive: 'R', vip: 'V' } as const;

const patientOf = ({ person }: Citizen, health: HealthCare, make: Make): FhirResource =>
  make('Patient', health.patientId, {
    identifier: [
      { use: 'official', system: systems.cpr, value: person.cpr },
      ...(person.formerCpr === undefined ? [] : [{ use: 'old', system: systems.cpr, value: person.formerCpr }]),
    ],
    name: [{ use: 'official', family: person.family, given: person.given }],
    gender: person.gender,
    birthDate: person.birthDate,
    telecom: [
      { system: 'phone', use: 'mobile', value: person.phone },
      { system: 'email', value: person.email },
    ],
    address: [
      {
        use: 'home',
        line: [person.address.line],
        postalCode: person.address.postalCode,
        city: person.address.city,
        extension: [
          {
            url: 'http://hl7.dk/fhir/core/StructureDefinition/dk-core-municipalityCodes',
            valueCodeableConcept: concept(systems.municipality, person.municipality.code, person.municipality.name),
          },
        ],
      },
    ],
    managingOrganization: { display: 'Egevang Kommune' },
  });

const planOf = (
  health: HealthCare,
  make: Make,
  subject: object,
  patientOfIndex: (index: number) => string,
): FhirResource => {
  const { plan } = health;
  const members = plan.shared?.map((index) => ({ entity: { reference: `Patient/${patientOfIndex(index)}` } }));
  return make('CarePlan', plan.id, {
    ...(members
      ? { contained: [{ resourceType: 'Group', id: 'siblings', type: 'person', actual: true, member: members }] }
      : {}),
    status: statusOf.carePlan[plan.status],
    intent: 'plan',
    category: [concept(systems.careSocial, plan.category.code, plan.category.display)],
    title: plan.title,
    description: plan.purpose,
    subject: members ? { reference: '#siblings' } : subject,
    period: plan.period,
    created: plan.period.start,
    author: { type: 'Organization', display: units[health.unit] },
    careTeam: [{ reference: `CareTeam/${health.teamId}` }],
    goal: health.goals.map(({ id }) => ({ reference: `Goal/${id}` })),
    addresses: health.conditions.map(({ id }) => ({ reference: `Condition/${id}` })),
  });
};

const interventionOf = (health: HealthCare, one: Intervention, make: Make, subject: object): FhirResource =>
  make('CarePlan', one.id, {
    status: statusOf.carePlan[one.status],
    intent: 'order',
    title: one.title,
    subject,
    basedOn: [{ reference: `CarePlan/${health.plan.id}` }],
    period: one.period,
    created: one.period.start,
    ...(one.goal === undefined ? {} : { goal: [{ reference: `Goal/${one.goal}` }] }),
    activity: [
      {
        detail: {
          code: concept(systems.fsiii, one.code ?? '', one.title),
          status: one.status === 'completed' ? 'completed' : one.status === 'planned' ? 'scheduled' : 'in-progress',
          ...(one.endReason === undefined ? {} : { statusReason: { text: one.endReason } }),
          performer: [{ type: 'Organization', display: one.provider?.name ?? units[health.unit] }],
        },
      },
    ],
  });

const goalOf = (goal: Goal, make: Make, subject: object): FhirResource =>
  make('Goal', goal.id, {
    lifecycleStatus: statusOf.goal[goal.status],
    category: [concept(systems.careSocial, 'ca552020-6ed1-4cdc-b0d4-32697f1f27ad', 'FSIII tilstandsmål')],
    description: { text: goal.text },
    subject,
    startDate: goal.period.start,
    target: [
      {
        measure: concept(systems.careSocial, '90c48f03-f194-4b2f-ad7d-6cba1069ae48', 'måltype'),
        ...(goal.type
          ? {
              detailCodeableConcept: concept(
                systems.ffb,
                goalTypeCode[goal.type].code,
                goalTypeCode[goal.type].display,
              ),
            }
          : {}),
        ...(goal.period.end === undefined ? {} : { dueDate: goal.period.end }),
      },
    ],
  });

const appointmentOf = (
  meeting: Meeting,
  make: Make,
  patientOfIndex: (index: number) => string,
  self: HealthCare,
): FhirResource => {
  const [, ...others] = meeting.participants;
  const actors = [
    { reference: `Patient/${self.patientId}`, type: 'Patient', display: meeting.participants[0]?.name ?? '' },
    ...others.map(({ name, index }) =>
      index === undefined
        ? { type: 'Practitioner', display: name }
        : { reference: `Patient/${patientOfIndex(index)}`, type: 'Patient', display: name },
    ),
    { type: 'HealthcareService', display: units[self.unit] },
    ...(meeting.location === undefined ? [] : [{ type: 'Location', display: meeting.location }]),
  ];
  return make('Appointment', meeting.id, {
    status: statusOf.appointment[meeting.status],
    description: meeting.title,
    start: meeting.start,
    end: meeting.end,
    participant: actors.map((actor) => ({ actor, status: 'accepted' })),
  });
};

const followUpOf = (
  one: HealthCare['followUps'][number],
  health: HealthCare,
  make: Make,
  subject: object,
): readonly FhirResource[] => {
  const held = make('Encounter', one.id, {
    status: statusOf.encounter[one.status],
    class: coding(systems.actCode, 'HH', 'home health'),
    type: [concept(systems.careSocial, '9f03dfbb-7a97-45a5-94db-d4c3501714a9', 'opfølgning')],
    subject,
    period: { start: one.on, ...(one.status === 'completed' ? { end: one.on } : {}) },
    serviceProvider: { display: units[health.unit] },
  });
  const result = followUpResults.find(({ display }) => display === one.result);
  if (result === undefined) return [held];
  const found = make('Observation', `${one.id}-result`, {
    status: 'final',
    code: concept('http://snomed.info/sct', '712744002'),
    subject,
    effectiveDateTime: one.on,
    valueCodeableConcept: concept(systems.fsiii, result.code, result.display),
  });
  return [held, found];
};

const levelOf = (one: HealthCare['levels'][number], make: Make, subject: object): FhirResource => {
  const support = one.scale === 'support';
  return make('Observation', one.id, {
    status: 'final',
    code: support
      ? concept(systems.careSocial, 'effe55c7-572c-4a99-8fb4-2a9dda2f6572', 'FFB støttebehovsvurdering')
      : {
          ...concept(systems.careSocial, '66959f77-6e2a-4574-8423-3ff097f8b9fa', 'funktionsevneniveau'),
          text: `Funktionsevne, ${one.condition}`,
        },
    subject,
    effectiveDateTime: one.on,
    valueCodeableConcept: support
      ? concept(systems.ffb, supportNeeds[one.level] ?? '')
      : concept(systems.fsiii, statusOf.level[one.level] ?? '', String(one.level)),
  });
};

/**
 * Every resource of one citizen; none when health does not know them.
 * @param changedAt the instant every resource was last changed
 */
export const fhirResources = (
  citizen: Citizen,
  { seed, today }: { readonly seed: number; readonly today: string },
  changedAt: string,
): readonly FhirResource[] => {
  const { person, health } = citizen;
  if (!health) return [];
  const security = person.marked ? { security: [code(marking[person.marked], person.marked)] } : {};
  const maker =
    (labels: object): Make =>
    (resourceType, id, elements) => ({
      resourceType,
      id,
      meta: { lastUpdated: changedAt, ...labels },
      ...elements,
    });
  const make = maker(security);
  // R on a person means protected; what is confidential about them stands on their records.
  const makePerson = maker(isProtected(person, today) ? { security: [code('R', 'Restricted')] } : {});
  const makeRelative = maker({});
  const subject = { reference: `Patient/${health.patientId}`, display: nameOf(person) };
  const patientOfIndex = (index: number): string => keyOf(seed, index, 'fhir', 'patient', 0);
  const keepsPlan = health.plan.shared === undefined || health.plan.shared[0] === person.index;
  return [
    patientOf(citizen, health, makePerson),
    ...relatedPersons(citizen, health, makeRelative),
    ...(keepsPlan ? [planOf(health, make, subject, patientOfIndex)] : []),
    ...health.interventions.map((one) => interventionOf(health, one, make, subject)),
    ...health.goals.map((goal) => goalOf(goal, make, subject)),
    ...health.conditions.map((one) =>
      make('Condition', one.id, {
        clinicalStatus: concept(systems.clinical, one.status === 'completed' ? 'resolved' : 'active'),
        code: concept(systems.fsiii, one.code, one.display),
        severity: concept(systems.fsiii, statusOf.level[one.level] ?? '', String(one.level)),
        subject,
        recordedDate: one.since,
      }),
    ),
    make('CareTeam', health.teamId, {
      status: 'active',
      name: units[health.unit],
      subject,
      period: { start: health.plan.period.start },
      participant: health.team.map(({ professional, role }) => ({
        role: [{ text: role }],
        member: { reference: `Practitioner/${professional.id}`, type: 'Practitioner', display: professional.name },
        onBehalfOf: { display: units[professional.unit] },
      })),
    }),
    ...consentsOf(citizen, make, subject, { seed, today }),
    ...health.meetings.map((meeting) => appointmentOf(meeting, make, patientOfIndex, health)),
    ...health.followUps.flatMap((one) => followUpOf(one, health, make, subject)),
    ...health.levels.map((one) => levelOf(one, make, subject)),
    ...health.documents.map((one) =>
      make('DocumentReference', one.id, {
        status: 'current',
        subject,
        description: one.title,
        ...(person.marked ? { securityLabel: [{ coding: [code(marking[person.marked], person.marked)] }] } : {}),
        date: instantAt(one.on, '12:00'),
        content: [{ attachment: { title: one.title, contentType: 'application/pdf' } }],
      }),
    ),
  ];
};
