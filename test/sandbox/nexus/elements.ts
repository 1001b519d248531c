// A grant as KMD's interface writes it: a list of typed elements, most of them empty, each with the form's own
// decoration. The types and shapes are those of one public payload; values are ours.
import { instantAt } from '../world/days.ts';
import type { NexusGrant } from './data.ts';

type Element = Readonly<Record<string, unknown>>;

const form = {
  metadata: { disabled: false, required: false, hiddenOnCatalog: false, hiddenOnPatient: false },
  priority: 1,
  elementGrouping: 'OTHER',
  hideable: true,
  disableable: true,
  disabledOnCatalog: false,
  _links: {},
};

const dates = [
  'plannedDate',
  'workflowRequestedDate',
  'workflowApprovedDate',
  'orderedDate',
  'entryDate',
  'serviceDelivery',
  'billingStartDate',
  'billingEndDate',
  'followUpDate',
  'rejectedDate',
  'removedDate',
  'cancelledDate',
  'renouncedDate',
  'basketGrantEndDate',
  'orderGrantEndDate',
];
const texts = ['personReference', 'orderReference', 'accountString', 'supplementaryInformation'];
const decimals = ['utilisation', 'billingFactor'];
const choices = [
  'denmarkStatisticRareDisability',
  'denmarkStatisticMultipleDisabilityBooleanUnit',
  'denmarkStatisticMappingPrimaryTargetGroup',
  'denmarkStatisticMappingOffer',
  'denmarkStatisticMapping',
  'denmarkStatisticMappingNursingArea',
  'denmarkStatisticMappingPreventiveMeasure',
  'denmarkStatisticMappingSpecialNeedChildrenGrant',
  'functionalLevel',
  'piece',
];
const selections = [
  'denmarkStatisticMappingTargetGroup',
  'denmarkStatisticMappingOtherTargetGroups',
  'denmarkStatisticMappingDecisive',
  'invoiceLines',
];

const paragraphOf = ({ paragraph }: NexusGrant): Element => ({
  id: 48,
  version: 1,
  name: paragraph.law,
  section: paragraph.section,
  description: 'Bestemmelsens ordlyd.',
  active: true,
  _links: {},
});

const municipalities = (): Element => ({
  municipality: { name: 'Egevang', municipalityCode: '999', _links: {} },
  municipalityList: [{ name: 'Albertslund', municipalityCode: '165', _links: {} }],
});

const repetitionOf = ({ repetition }: NexusGrant): Element => {
  const { pattern, count, weekdays, weekenddays, visits } = repetition ?? {
    pattern: 'WEEK',
    count: 1,
    weekdays: 0,
    weekenddays: 0,
    visits: 0,
  };
  const shifts = { type: 'shiftRepetition', shifts: [], visits, next: null, _links: {} };
  const days = {
    type: 'weekdayRepetition',
    next: shifts,
    weekdays,
    weekenddays,
    availableWeekDays: [0, 1, 2, 3, 4, 5],
  };
  return { pattern, count, next: days, availablePatterns: ['DAY', 'WEEK'] };
};

export const elementsOf = (grant: NexusGrant): readonly Element[] => {
  const element = (type: string, own: Element): Element => ({ type, ...form, ...own });
  const paragraph = paragraphOf(grant);
  const { kle, kl, supplier, minutes, description } = grant;
  const account = { financialAccountExternalId: null, oldFinancialAccountDisplayName: null };
  return [
    element('paragraph', { paragraph }),
    ...selections.map((type) =>
      element(type, { selectedValues: ['NA'], possibleValues: ['NA', 'NS'], identifier: null }),
    ),
    ...choices.map((type) => element(type, { value: null, possibleValues: ['NA'] })),
    element('payor', { value: 'ORIGINAL_COMMUNE', possibleValues: ['CITIZEN', 'ORIGINAL_COMMUNE'] }),
    element('debtorContact', { contact: { id: 1, version: 1, name: 'Egevang Kommune', cvr: null, _links: {} } }),
    element('actingMunicipality', municipalities()),
    element('payingMunicipality', municipalities()),
    ...dates.map((type) => {
      const day = grant.dates[type];
      const date = day === undefined ? null : instantAt(day, '00:00').replace('Z', '+0000');
      return element(type, { date, hasCommonValues: true, elementGrouping: 'IMPORTANT_DATES' });
    }),
    element('repetition', repetitionOf(grant)),
    element('financialAccount', { ...account, accountsInPeriod: [] }),
    element('staticFinancialAccount', account),
    element('supplier', {
      paragraphs: [paragraph],
      supplier: supplier === undefined ? null : { id: 77, name: supplier, _links: {} },
    }),
    element('resourceCount', { lowerBound: 1, upperBound: 4, number: null }),
    element('visitatedDurationInMinutes', { number: minutes ?? null }),
    ...['listPrice', 'localPrice'].map((type) =>
      element(type, { priceDefinition: { type: 'priceDefinition', rows: [] } }),
    ),
    element('supplierPrice', { supplierPriceDefinitions: {}, selectedSuppliers: {} }),
    element('price', { priceLocked: false, isLockable: true, decimal: null, priceInPeriod: {} }),
    ...decimals.map((type) => element(type, { decimal: null })),
    ...texts.map((type) => element(type, { text: null, maxLength: null })),
    element('klMapping', {
      text: kl?.code ?? null,
      klCatalogGrant: kl === undefined ? null : { ...kl, uuid: kl.code, children: [] },
    }),
    element('kmdSag', { kleNumber: kle === undefined ? null : { ...kle, uid: 'kle', _links: {} }, actionFacet: null }),
    element('description', { text: description ?? null, maxLength: null }),
  ];
};
