// The kinds and their bodies, all asked for citizen by citizen. Loose, so that a new field is drift and not a failure.
// Activities and Min Plan come in two spellings, the domain services' and the older SOAP service's; mappings tell them
// apart. `civilregistrationIdentifier` is the number that was asked with, put there by the adapter.
import { z } from 'zod';
import type { Capabilities } from '../../src/adapter/contract.ts';

export const dfdgKinds = ['minPlan', 'aktivitet', 'indkaldelse', 'rehabiliteringsforloeb'] as const;
export type DfdgKind = (typeof dfdgKinds)[number];

const text = z.string().nullish();
/** Codes and numbers come as either. */
const code = z.union([z.string(), z.number()]).nullish();
const flag = z.union([z.boolean(), z.string()]).nullish();
const authority = z
  .looseObject({ myndighed: z.looseObject({ organisationskode: code, navn: text }).nullish() })
  .nullish();
const responsibleAuthority = z.looseObject({ AuthorityCode: code, AuthorityName: text }).nullish();
const asked = { civilregistrationIdentifier: z.string().regex(/^\d{10}$/) };

const minPlan = z.looseObject({
  ...asked,
  minPlanId: text,
  minPlanVersionId: text,
  status: text,
  beskaeftigelsesmaal: text,
  formaal: text,
  oprettelsesdato: text,
  godkendelsesdato: text,
  senesteOpdateringsdato: text,
  ansvarligMyndighed: authority,
  MyPlanIdentifier: text,
  MyPlanVersionIdentifier: text,
  StatusTypeIdentifier: code,
  EmploymentGoal: text,
  CreatedDateTime: text,
  UpdatedDateTime: text,
  ResponsibleAuthority: responsibleAuthority,
});

const aktivitet = z.looseObject({
  ...asked,
  aktivitetId: text,
  minPlanId: text,
  aktivitetsstamdata: z
    .looseObject({ aktiveringstypeId: code, beskrivelse: text, lokation: text, udbyder: text })
    .nullish(),
  status: code,
  startdato: text,
  slutdato: text,
  timerPrUge: code,
  minutterPrUge: code,
  senesteOpdateringsdato: text,
  ansvarligMyndighed: authority,
  ActivityIdentifier: text,
  MyPlanIdentifier: text,
  ActivationTypeIdentifier: code,
  ActivityDescription: text,
  ActivityLocationAddress: text,
  StartDate: text,
  EndDate: text,
  HoursPerWeek: code,
  MinutesPerWeek: code,
  ResponsibleAuthority: responsibleAuthority,
});

const indkaldelse = z.looseObject({
  ...asked,
  indkaldelseId: z.string().min(1),
  bookingnummer: code,
  start: z.string(),
  slut: text,
  moedetitel: text,
  moedebeskrivelse: text,
  moedested: text,
  status: code,
  kontaktformtype: code,
  samtaletype: code,
  moedeform: code,
  ombookingsfrist: text,
  aflysningsfrist: text,
  selvbooket: flag,
  myndighedsdeltagere: z.array(z.looseObject({ navn: text, rolle: text, organisationskode: code })).nullish(),
  ansvarligMyndighed: authority,
  senesteOpdateringsdato: text,
});

const rehabiliteringsforloeb = z.looseObject({
  ...asked,
  rehabiliteringsforloebId: z.string().min(1),
  rehabiliteringsforloebStatus: code,
  oprettelsesdato: text,
  senesteOpdateringsdato: text,
});

const crawled = <Body extends z.ZodType>(title: string, body: Body) => ({
  title,
  body,
  checkpoint: z.null(),
  capabilities: { mode: 'snapshot', deletes: 'absent' } as const satisfies Capabilities,
  crawl: true as const,
});

export const kinds = {
  minPlan: crawled('Min Plan', minPlan),
  aktivitet: crawled('Aktiviteter i Min Plan', aktivitet),
  indkaldelse: crawled('Indkaldelser til samtaler, også fra a-kasse og anden aktør', indkaldelse),
  rehabiliteringsforloeb: crawled('Rehabiliteringsforløb', rehabiliteringsforloeb),
} as const;
export type DfdgKinds = typeof kinds;
