// Citizens as the rows of EG Sensum's nightly files: only those social services know. Dates `dd-MM-yyyy`; what the
// export does not hold (times of day, sensitivity, kinds of goal) is not there; the invented municipality has no code.
import { type SensumData, type SensumKind, type SensumRow, sensumColumns } from '../sensum/data.ts';
import { nameOf } from './relatives.ts';
import { units } from './staff.ts';
import type { Citizen, Goal, Intervention, SocialCare, SocialCase, Status } from './types.ts';

const dk = (day: string): string => `${day.slice(8, 10)}-${day.slice(5, 7)}-${day.slice(0, 4)}`;
const yesNo = (yes: boolean): string => (yes ? 'Ja' : 'Nej');

const sagStatus: Readonly<Record<Status, string>> = {
  planned: 'Ny',
  active: 'Aktiv',
  onHold: 'Bero',
  completed: 'Afsluttet',
  cancelled: 'Annulleret',
};
const indsatsStatus: Readonly<Record<Status, string>> = {
  planned: 'Bevilget',
  active: 'Igangsat',
  onHold: 'Pause',
  completed: 'Afsluttet',
  cancelled: 'Annulleret',
};

const borgerRow = ({ person, relatives }: Citizen, social: SocialCare): SensumRow<'borger'> => {
  const contact = relatives.find(({ relation }) => relation === 'guardian' || relation === 'companion');
  return {
    BorgerId: social.citizenId,
    // Social services still write the number the citizen had before.
    CPR: person.formerCpr !== undefined && person.index % 2 === 0 ? person.formerCpr : person.cpr,
    Fornavn: person.given.join(' '),
    Efternavn: person.family,
    Initialer: `${person.given[0]?.slice(0, 1) ?? ''}${person.family.slice(0, 1)}`,
    PrimærAdresse: person.address.line,
    PrimærPostNr: person.address.postalCode,
    PrimærBy: person.address.city,
    PrimærLand: 'Danmark',
    Mobil: person.phone,
    Email: person.email,
    ...(contact ? { KontaktPerson: contact.name } : {}),
    OprettetDato: dk(social.createdAt),
  };
};

const sagRow = (citizen: Citizen, social: SocialCare, own: SocialCase): SensumRow<'sag'> => ({
  SagId: own.id,
  BorgerId: social.citizenId,
  SagNavn: own.title,
  SagType: own.type,
  SagModel: own.type === 'Enkeltsag' ? 'Standard' : 'VUM 2.0',
  AfdelingId: own.unit,
  AfdelingNavn: units[own.unit],
  PrimærAnsvarlig: own.responsible.name,
  ForventetParagraf: own.legalBasis,
  Status: sagStatus[own.status],
  Akut: yesNo(own.urgent),
  HandleKommune: citizen.person.municipality.name,
  BetalingsKommune: citizen.person.movedFrom?.municipality.name ?? citizen.person.municipality.name,
  HenvendelsesDato: dk(own.received),
  AnsøgningModtagetDato: dk(own.received),
  ...(own.closed === undefined ? {} : { SlutDato: dk(own.closed), AfslutningsÅrsag: 'Behov ophørt' }),
  JournalKode: own.journalCode,
});

const indsatsRow = (own: SocialCase, one: Intervention): SensumRow<'indsats'> => ({
  IndsatsId: one.id,
  SagId: own.id,
  Indsats: one.title,
  VigtigeNotater: 'Internt: ring til vicevært ved låst opgang.',
  IndsatsParagraf: one.legalBasis,
  Tilbud: one.provider?.name ?? '',
  LeverandørId: one.provider?.id ?? '',
  LeverandørNavn: one.provider?.name ?? '',
  LeverandørGruppeNavn: one.provider?.group ?? '',
  IndsatsStatus: indsatsStatus[one.status],
  ...(one.grantedAt === undefined ? {} : { IndsatsGodkendelsesDato: dk(one.grantedAt) }),
  IndsatsStartDato: dk(one.period.start),
  ...(one.period.end === undefined ? {} : { IndsatsSlutDato: dk(one.period.end) }),
  'Primær målgruppe': own.targetGroup,
  Afgørelse: one.status === 'cancelled' ? 'Frafaldet' : 'Bevilget',
});

const goalDates = (goal: Goal): { StartDato: string; SlutDato?: string; OprettetDato: string; Lukket: string } => ({
  StartDato: dk(goal.period.start),
  ...(goal.period.end === undefined ? {} : { SlutDato: dk(goal.period.end) }),
  OprettetDato: dk(goal.period.start),
  Lukket: yesNo(goal.status === 'completed'),
});

export type SensumRows = { readonly [K in SensumKind]: readonly SensumRow<K>[] };
export const sensumKinds = Object.keys(sensumColumns) as readonly SensumKind[];

/** Every row of one citizen, by file; undefined when social services do not know them. */
export const sensumRows = (citizen: Citizen): SensumRows | undefined => {
  const { social } = citizen;
  if (!social) return undefined;
  const responsible = (goal: Goal): string => goal.responsible?.name ?? social.cases[0]?.responsible.name ?? '';
  const author = social.cases[0]?.responsible.initials ?? '';
  return {
    borger: [borgerRow(citizen, social)],
    sag: social.cases.map((own) => sagRow(citizen, social, own)),
    indsats: social.cases.flatMap((own) => own.interventions.map((one) => indsatsRow(own, one))),
    maal: social.goals.flatMap((goal) =>
      goal.category === 'subGoal'
        ? []
        : [
            {
              MålId: goal.id,
              BorgerId: social.citizenId,
              MålNavn: goal.text,
              Ansvarlig: responsible(goal),
              ...goalDates(goal),
              OprettetAf: author,
              SamarbejdeMedBorger: 'Ja',
            },
          ],
    ),
    delmaal: social.goals.flatMap((goal) =>
      goal.parent === undefined
        ? []
        : [
            {
              MålId: goal.parent,
              DelmålNavn: goal.text,
              Ansvarlig: responsible(goal),
              ...goalDates(goal),
              OprettetAf: author,
              Samarbejdspartner: nameOf(citizen.person),
              EvalueringsDato: dk(goal.period.end ?? goal.period.start),
            },
          ],
    ),
    ydelse: social.services.map((service) => ({
      YdelseId: service.id,
      BorgerId: social.citizenId,
      YdelseNavn: service.title,
      StartDato: dk(service.period.start),
      ...(service.period.end === undefined ? {} : { SlutDato: dk(service.period.end) }),
      AfdelingId: service.unit,
    })),
    aktivitet: social.cases.flatMap((own) =>
      own.activities.map((activity) => ({
        SagAktivitetId: activity.id,
        SagId: own.id,
        SagModel: 'VUM 2.0',
        FaseNavn: activity.phase,
        AktivitetNavn: activity.name,
        ...(activity.answer === undefined ? {} : { AktivitetSvar: activity.answer }),
        Deadline: dk(activity.deadline),
        ...(activity.doneAt === undefined ? {} : { UdførtDato: dk(activity.doneAt) }),
      })),
    ),
  };
};

/** All files from the rows of citizens, which are walked once for each file. */
export const toSensum = (citizens: Iterable<SensumRows>): SensumData => {
  const rowsOf = <K extends SensumKind>(kind: K): Iterable<SensumRow<K>> => ({
    *[Symbol.iterator]() {
      for (const rows of citizens) yield* rows[kind];
    },
  });
  return {
    borger: rowsOf('borger'),
    sag: rowsOf('sag'),
    indsats: rowsOf('indsats'),
    maal: rowsOf('maal'),
    delmaal: rowsOf('delmaal'),
    ydelse: rowsOf('ydelse'),
    aktivitet: rowsOf('aktivitet'),
  };
};
