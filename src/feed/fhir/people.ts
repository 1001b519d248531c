// Who is in the plan, as FHIR: the citizen, the contacts of each source as a team, and where resources come from.
import type { MasterFields } from '../../store/master-data.ts';
import {
  type Coded,
  concept,
  type PlanRecord,
  periodOf,
  present,
  type Resource,
  subject,
  textOf,
} from './resources.ts';

/** The contacts of one source as one team. */
export const careTeam = (id: string, contacts: readonly PlanRecord[], citizen: string): Resource => ({
  resourceType: 'CareTeam',
  id,
  meta: {
    lastUpdated: contacts
      .map((contact) => contact.observedAt)
      .sort()
      .at(-1),
    source: `urn:samspil:source:${contacts[0]?.source}`,
    tag: [...new Set(contacts.map((contact) => contact.domain))].map((code) => ({
      system: 'urn:samspil:domain',
      code,
    })),
  },
  status: 'active',
  subject: subject(citizen),
  participant: contacts.map((contact) =>
    present({
      id: contact.id,
      role: [concept(contact['role'] as Coded)],
      member: { display: textOf(contact, 'name') ?? (contact['role'] as Coded).display },
      period: periodOf(contact),
    }),
  ),
});

const genders: readonly unknown[] = ['male', 'female', 'other', 'unknown'];

/** The citizen as the reader may see them; never with a number. */
export const patient = (fields: MasterFields, updated: string | undefined): Resource => {
  const protection = fields['protection'] as { name?: boolean; address?: boolean } | undefined;
  const isProtected = protection?.name === true || protection?.address === true;
  return {
    resourceType: 'Patient',
    id: String(fields['id']),
    ...present({
      meta: present({
        lastUpdated: updated,
        security: isProtected
          ? [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }]
          : undefined,
      }),
      name: fields['name'] === undefined ? undefined : [{ text: fields['name'] }],
      gender: genders.includes(fields['gender']) ? fields['gender'] : undefined,
      birthDate: fields['birthDate'],
      address: fields['address'] === undefined ? undefined : [{ text: fields['address'], country: 'DK' }],
    }),
  };
};

/** Where a source's resources come from. */
export const provenance = (
  id: string,
  source: { readonly id: string; readonly title: string },
  targets: readonly Resource[],
  recorded: string,
): Resource => ({
  resourceType: 'Provenance',
  id,
  // In an order of their own: another's would tell of what is not among them.
  target: targets
    .map((target) => ({ reference: `${target.resourceType}/${target.id}` }))
    .toSorted((a, b) => (a.reference < b.reference ? -1 : 1)),
  recorded,
  agent: [
    {
      type: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'custodian' }],
      },
      who: { identifier: { system: 'urn:samspil:source', value: source.id }, display: source.title },
    },
  ],
});
