// Maja Sandkasse in Nexus: after months with pain and little sleep the visitators granted a rehabilitation course at home
// (§ 83 a) and training (§ 86), refused help with cleaning, and the nurse comes about her medicine.
import type { NexusGrant, NexusPatient, NexusReference } from '../nexus/data.ts';
import { instantAt, plusDays, plusMinutes, workday } from './days.ts';

type Course = Pick<NexusPatient, 'pathways' | 'events' | 'organisations' | 'messages'>;

export const showcaseNexus = (today: string, version: number): Course => {
  const day = (days: number): string => workday(plusDays(today, days));
  const at = (days: number, time: string): string => instantAt(day(days), time);
  const grant = (id: number, fields: Omit<NexusGrant, 'id' | 'version'>): NexusGrant => ({ id, version, ...fields });
  const reference = (id: number, type: NexusReference['type'], name: string, days: number): NexusReference => ({
    id,
    version: 0,
    type,
    name,
    date: at(days, '10:15'),
  });
  const visit = (n: number, title: string, days: number, time: string, minutes: number, who: string, role: string) => ({
    id: 8_100_000 + n,
    version,
    title,
    type: 'VISIT' as const,
    start: at(days, time),
    end: plusMinutes(at(days, time), minutes),
    status: days < 0 ? ('COMPLETED' as const) : ('PLANNED' as const),
    participants: [{ name: who, role }],
  });
  const weekly = (weekdays: number) => ({ pattern: 'WEEK' as const, count: 1, weekdays, weekenddays: 0, visits: 1 });
  return {
    pathways: [
      {
        id: 8_000_001,
        version,
        name: 'Sundhedsfagligt grundforløb',
        date: at(-95, '09:00'),
        status: 'ACTIVE',
        grants: [],
        references: [reference(8_200_001, 'professionalReference', 'Gitte Krogh', -95)],
        children: [
          {
            id: 8_000_002,
            version,
            name: 'Rehabilitering i hjemmet',
            date: at(-60, '11:00'),
            status: 'ACTIVE',
            children: [],
            grants: [
              grant(8_300_001, {
                name: 'Rehabiliteringsforløb § 83 a',
                state: 'Bestilt',
                paragraph: { law: 'Serviceloven', section: '§ 83 a' },
                supplier: 'Hjemmeplejen',
                minutes: 45,
                repetition: weekly(2),
                dates: {
                  workflowRequestedDate: day(-70),
                  workflowApprovedDate: day(-58),
                  orderedDate: day(-52),
                  followUpDate: day(18),
                  basketGrantEndDate: day(32),
                },
                kle: { name: '27.36.06', description: 'Rehabiliteringsforløb' },
                kl: { code: 'H2', name: 'SEL § 83A' },
              }),
              grant(8_300_002, {
                name: 'Rengøring',
                state: 'Afslået',
                paragraph: { law: 'Serviceloven', section: '§ 83, stk. 1' },
                dates: { workflowRequestedDate: day(-70), rejectedDate: day(-58) },
              }),
            ],
            references: [
              reference(8_200_002, 'formDataV2Reference', 'Funktionsevnevurdering, § 83 a', -62),
              reference(8_200_003, 'professionalReference', 'Rasmus Schou', -52),
            ],
          },
          {
            id: 8_000_003,
            version,
            name: 'Træning',
            date: at(-36, '13:00'),
            status: 'ACTIVE',
            children: [],
            grants: [
              grant(8_300_003, {
                name: 'Genoptræning § 86, stk. 1',
                state: 'Bestilt',
                paragraph: { law: 'Serviceloven', section: '§ 86, stk. 1' },
                supplier: 'Træning og Rehabilitering',
                minutes: 60,
                repetition: weekly(1),
                dates: {
                  workflowApprovedDate: day(-36),
                  orderedDate: day(-33),
                  followUpDate: day(21),
                  basketGrantEndDate: day(50),
                },
              }),
            ],
            references: [reference(8_200_004, 'documentReference', 'Træningsplan', -33)],
          },
        ],
      },
    ],
    events: [
      visit(1, 'Sygeplejebesøg: gennemgang af medicin', -14, '08:30', 30, 'Bente Winther', 'Sygeplejerske'),
      visit(2, 'Rehabilitering i hjemmet', 1, '10:00', 45, 'Rasmus Schou', 'Fysioterapeut'),
      visit(3, 'Rehabilitering i hjemmet', 3, '10:00', 45, 'Rasmus Schou', 'Fysioterapeut'),
      visit(4, 'Sygeplejebesøg: gennemgang af medicin', 14, '08:30', 30, 'Bente Winther', 'Sygeplejerske'),
    ],
    organisations: [
      {
        id: 8_400_001,
        version: 0,
        organisation: { id: 11, name: 'Visitationen, Egevang' },
        start: day(-95),
        primary: true,
      },
      {
        id: 8_400_002,
        version: 0,
        organisation: { id: 12, name: 'Hjemmesygeplejen' },
        start: day(-82),
        primary: false,
      },
      {
        id: 8_400_003,
        version: 0,
        organisation: { id: 13, name: 'Akutteamet' },
        start: day(-95),
        end: day(-90),
        primary: false,
      },
    ],
    messages: [
      { id: 8_500_001, version: 0, subject: 'Korrespondance: medicin og søvn', date: at(-40, '14:20') },
      { id: 8_500_002, version: 0, subject: 'Genoptræningsplan', date: at(-38, '09:05') },
    ],
  };
};
