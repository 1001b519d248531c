// What this server can do, as FHIR's CapabilityStatement: read-only, R4, JSON, OAuth 2 bearer tokens.

const served = ['CarePlan', 'Goal', 'CareTeam', 'Appointment', 'DocumentReference', 'Consent', 'Provenance'] as const;

export const capabilityStatement = (now: Date): object => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: now.toISOString(),
  publisher: 'Samspil',
  kind: 'instance',
  software: { name: 'Samspil' },
  implementation: { description: 'One citizen’s plan from the municipality’s systems, as each reader may see it.' },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json'],
  rest: [
    {
      mode: 'server',
      documentation:
        'Read-only. `Patient/{id}/$everything` gives the resources below; they have no addresses of their own. Ids are the hub’s; no CPR number is part of any address. Each request has a purpose: a claim in the token or the header X-Purpose.',
      security: {
        cors: false,
        service: [
          {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'OAuth' }],
            text: 'OAuth 2 bearer tokens (JWT) from the hub’s configured issuers, scope plan.read',
          },
        ],
      },
      resource: [
        {
          type: 'Patient',
          interaction: [{ code: 'read' }],
          operation: [{ name: 'everything', definition: 'http://hl7.org/fhir/OperationDefinition/Patient-everything' }],
        },
        ...served.map((type) => ({ type, documentation: 'In Patient/{id}/$everything.' })),
      ],
    },
  ],
});
