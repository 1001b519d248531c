// Min Plan as the older JobnetMyPlanService says it: STAR's element names for activities, an assumed envelope. Errors come
// as a fault whose detail holds the number.
import type { Aktivitet, DfdgCitizen } from './data.ts';

const text = (value: string | number): string => String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const element = (name: string, value: string | number | undefined): string =>
  value === undefined ? '' : `<p:${name}>${text(value)}</p:${name}>`;

const envelope = (inner: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${inner}</s:Body></s:Envelope>`;

const authority = ({ myndighed }: Aktivitet['ansvarligMyndighed']): string =>
  `<p:ResponsibleAuthority>${element('AuthorityCode', myndighed.organisationskode)}${element('AuthorityName', myndighed.navn)}</p:ResponsibleAuthority>`;

const activity = (one: Aktivitet): string =>
  `<p:ActivityCoreItem>${element('ActivityIdentifier', one.aktivitetId)}${element('ActivationTypeIdentifier', one.aktivitetsstamdata.aktiveringstypeId)}` +
  `${element('ActivityDescription', one.aktivitetsstamdata.beskrivelse)}${element('ActivityLocationAddress', one.aktivitetsstamdata.lokation)}` +
  `${element('StartDate', one.startdato)}${element('EndDate', one.slutdato)}${element('HoursPerWeek', one.timerPrUge)}` +
  `${element('MinutesPerWeek', one.minutterPrUge)}${authority(one.ansvarligMyndighed)}</p:ActivityCoreItem>`;

const states = { Kladde: 1, Gaeldende: 2, Afsluttet: 3 } as const;

export const myPlanAnswer = ({ minPlan, aktiviteter }: DfdgCitizen): string =>
  envelope(
    `<p:GetCitizenDraftMyPlanResponse xmlns:p="urn:samspil:jobnet-my-plan">${
      minPlan === undefined
        ? ''
        : `<p:MyPlan>${element('MyPlanIdentifier', minPlan.minPlanId)}${element('MyPlanVersionIdentifier', minPlan.minPlanVersionId)}` +
          `${element('StatusTypeIdentifier', states[minPlan.status])}${element('EmploymentGoal', minPlan.beskaeftigelsesmaal)}` +
          `${element('CreatedDateTime', `${minPlan.oprettelsesdato}T09:00:00`)}${authority(minPlan.ansvarligMyndighed)}` +
          `<p:ActivityItems>${aktiviteter.map(activity).join('')}</p:ActivityItems></p:MyPlan>`
    }</p:GetCitizenDraftMyPlanResponse>`,
  );

export const myPlanFault = (number: number, reason: string): string =>
  envelope(
    `<s:Fault><faultcode>s:Client</faultcode><faultstring>${text(reason)}</faultstring><detail><ErrorNumber>${number}</ErrorNumber></detail></s:Fault>`,
  );
