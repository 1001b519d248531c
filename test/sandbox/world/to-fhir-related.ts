// The people around a patient as RelatedPerson: a child's parents, a spouse, a guardian with the form of guardianship.
import type { FhirResource } from '../fhir/data.ts';
import { code, concept, systems } from './fhir-codes.ts';
import type { Make } from './to-fhir.ts';
import type { Citizen, HealthCare, Relative } from './types.ts';

const relationship: Partial<Record<Relative['relation'], readonly [string, string]>> = {
  parent: ['PRN', 'parent'],
  spouse: ['SPS', 'spouse'],
  guardian: ['GUARD', 'guardian'],
};

const guardianshipForm = (form: string): object => ({
  url: 'http://ffb/messaging/kl.dk/1.0/StructureDefinition/kl-messaging-ffb-guardianshipForm',
  valueCoding: {
    system: 'http://ffb/messaging/kl.dk/1.0/CodeSystem/kl-messaging-ffb-guardianshipFormCodes',
    code: form,
  },
});

export const relatedPersons = ({ relatives }: Citizen, health: HealthCare, make: Make): readonly FhirResource[] =>
  relatives.flatMap((relative) => {
    const relation = relationship[relative.relation];
    if (relation === undefined) return [];
    const person = make('RelatedPerson', relative.id, {
      ...(relative.guardianship === undefined ? {} : { extension: [guardianshipForm(relative.guardianship)] }),
      patient: { reference: `Patient/${health.patientId}` },
      relationship: [concept(systems.roleCode, relation[0], relation[1])],
      name: [{ family: relative.family, given: relative.given }],
      ...(relative.phone === undefined ? {} : { telecom: [{ system: 'phone', value: relative.phone }] }),
      ...(relative.address
        ? {
            address: [
              { line: [relative.address.line], postalCode: relative.address.postalCode, city: relative.address.city },
            ],
          }
        : {}),
    });
    return [
      relative.protected === true
        ? { ...person, meta: { ...person.meta, security: [code('R', 'Restricted')] } }
        : person,
    ];
  });
