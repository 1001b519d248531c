// Names for references: read once, only of organisations and professionals, and never at the price of a record.
import { afterEach, describe, expect, it } from 'vitest';
import type { FhirResource } from '../../test/sandbox/fhir/data.ts';
import { type FhirStub, startFhirStub } from '../../test/sandbox/fhir/server.ts';
import { open, pages } from './testing.fixture.ts';

let stub: FhirStub | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

const team = (id: string): FhirResource => ({
  resourceType: 'CareTeam',
  id,
  subject: { reference: 'Patient/p1' },
  participant: [
    { member: { reference: 'Organization/o1' } },
    { member: { reference: 'PractitionerRole/r1' } },
    { member: { reference: 'RelatedPerson/s1' } },
    { member: { reference: 'Organization/gone' } },
    { member: { reference: 'https://elsewhere.example/Organization/o1' } },
  ],
});

const data = (teams: number) => ({
  CareTeam: Array.from({ length: teams }, (_, index) => team(`t${index}`)),
  Organization: [
    {
      resourceType: 'Organization',
      id: 'o1',
      name: 'Hjemmeplejen Nord',
      identifier: [{ value: 'not carried along' }],
      contact: [{ name: { given: ['Karen'], family: 'Karlsen' }, telecom: [{ system: 'phone', value: '11' }] }],
    },
  ],
  PractitionerRole: [
    {
      resourceType: 'PractitionerRole',
      id: 'r1',
      practitioner: { reference: 'Practitioner/x1' },
      organization: { reference: 'Organization/o1' },
    },
  ],
  Practitioner: [{ resourceType: 'Practitioner', id: 'x1', name: [{ given: ['Søren'], family: 'Sandemose' }] }],
  RelatedPerson: [{ resourceType: 'RelatedPerson', id: 's1', name: [{ text: 'Not to be read' }] }],
});

const members = (body: unknown): readonly { display?: string; type?: string; resolved?: unknown }[] =>
  (body as { participant: { member: object }[] }).participant.map(({ member }) => member);

describe('references', () => {
  it('get a type and, where the server knows one, a name', async () => {
    stub = await startFhirStub({ data: data(1) });
    const [page] = await pages(await open(stub), 'CareTeam');
    const found = members(page?.records[0]?.body);
    expect(found.map(({ display }) => display)).toEqual([
      'Hjemmeplejen Nord',
      'Søren Sandemose',
      undefined,
      undefined,
      undefined,
    ]);
    expect(found.map(({ type }) => type)).toEqual([
      'Organization',
      'PractitionerRole',
      'RelatedPerson',
      'Organization',
      'Organization',
    ]);
    expect(found[0]?.resolved).toMatchObject({ contact: [{ telecom: [{ value: '11' }] }] });
    expect(found[0]?.resolved).not.toHaveProperty('identifier');
    expect(found[1]?.resolved).toMatchObject({ organization: { display: 'Hjemmeplejen Nord' } });
  });

  it('are read once for all records, and no relative or citizen ever', async () => {
    stub = await startFhirStub({ data: data(40) });
    await pages(await open(stub, { pageSize: '4' }), 'CareTeam');
    const asked = stub.stats().urls.filter((url) => url.includes('_id='));
    expect(asked).toHaveLength(3);
    expect(asked.some((url) => /RelatedPerson|Patient/.test(url))).toBe(false);
  });

  it('stay unnamed when that is not wanted', async () => {
    stub = await startFhirStub({ data: data(1) });
    const [page] = await pages(await open(stub, { resolve: 'no' }), 'CareTeam');
    expect(
      members(page?.records[0]?.body)
        .map(({ display }) => display)
        .filter(Boolean),
    ).toEqual([]);
    expect(stub.stats().urls.some((url) => url.includes('_id='))).toBe(false);
  });
});
