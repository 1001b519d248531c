// Maja Sandkasse in adult guidance: what it takes to become an office assistant on part time, which is what her plan at
// the job centre is about as well.
import { plusDays, workday } from './days.ts';
import { fixedSeed } from './household.ts';
import { keyOf } from './keys.ts';
import { birthDateOf } from './number.ts';
import { showcaseCpr, showcaseIndex, showcaseName } from './showcase.ts';
import { someoneNamed } from './staff.ts';
import type { PortRecord } from './to-vejledningsporten.ts';

export const showcasePort = (today: string, aendret: string, revision: number): readonly PortRecord[] => {
  const id = (label: string, n: number): string => keyOf(fixedSeed, showcaseIndex, 'port', label, n);
  const day = (days: number): string => workday(plusDays(today, days));
  const counsellor = someoneNamed('job-unge', 'Nadia Schou', 'Uddannelsesvejleder');
  const [borgerId, planId, aim] = [id('borger', 0), id('forloeb', 0), id('maal', 1)];
  const unit = { enhed: 'job-unge', enhedsnavn: 'Ungeteamet' };
  const row = (kind: PortRecord['kind'], key: string, felter: Readonly<Record<string, unknown>>): PortRecord => ({
    kind,
    id: key,
    aendret,
    slettet: false,
    borgerId,
    felter: { ...felter, enhed: unit.enhed },
  });
  const ansvarlig = { navn: counsellor.name };
  const goal = (n: number, art: string, tekst: string, more: object): PortRecord =>
    row('maal', id('maal', n), { forloebId: planId, art, tekst, status: 'AKTIV', start: day(-60), ...more });
  return [
    row('borgere', borgerId, {
      cpr: showcaseCpr,
      navn: showcaseName,
      foedselsdato: birthDateOf(showcaseIndex, '1988-06-01', false),
      vejleder: {
        initialer: counsellor.initials.toLowerCase(),
        navn: counsellor.name,
        titel: counsellor.title,
        telefon: counsellor.phone,
        mail: counsellor.email,
      },
      ...unit,
    }),
    row('forloeb', planId, {
      titel: 'Plan for voksenvejledning: kontorassistent på deltid',
      art: 'VOKSENPLAN',
      status: 'AKTIV',
      fortrolighed: 0,
      formaal: 'At Maja får papir på det, hun kan, og lærer det sidste, så et fleksjob på kontor kan holde.',
      lovgrundlag: ['LAB § 2'],
      start: day(-60),
      ansvarlig,
      ...unit,
      intern: 'Koordineres med Hanne Toft på jobcentret',
    }),
    row('forloeb', id('forloeb', 1), {
      titel: 'Realkompetencevurdering, kontor',
      art: 'RKV',
      status: 'AFSLUTTET',
      fortrolighed: 0,
      lovgrundlag: ['Lov om arbejdsmarkedsuddannelser m.v.'],
      start: day(-40),
      slut: day(-38),
      uddannelsessted: 'VUC Egevang',
      timerPrUge: 12,
      planId,
      ansvarlig,
      ...unit,
    }),
    row('forloeb', id('forloeb', 2), {
      titel: 'AMU-kursus: jura i praktisk sagsbehandling for kontorassistenter',
      art: 'KURSUS',
      status: 'PLANLAGT',
      fortrolighed: 0,
      lovgrundlag: ['Lov om arbejdsmarkedsuddannelser m.v.'],
      start: day(24),
      slut: day(38),
      bevilget: day(-8),
      uddannelsessted: 'VUC Egevang',
      timerPrUge: 8,
      planId,
      ansvarlig,
      ...unit,
    }),
    goal(
      0,
      'OENSKE',
      'Jeg vil have bevis på, at jeg kan noget på et kontor, uden at sidde på skolebænk hele ugen.',
      {},
    ),
    goal(1, 'MAAL', 'Gennemføre to kontorkurser på nedsat tid', { frist: day(150), ansvarlig: counsellor.name }),
    goal(2, 'DELMAAL', 'Få vurderet mine kompetencer', { overordnetId: aim, status: 'AFSLUTTET', frist: day(-38) }),
    goal(3, 'AFTALE', 'Nadia spørger kursusstedet om pauserum og hjemmedage', {
      frist: day(12),
      ansvarlig: counsellor.name,
    }),
    ...Array.from({ length: 2 + revision }, (_, n) =>
      row('samtaler', id('samtale', n), {
        forloebId: planId,
        emne: n === 0 ? 'Vejledningssamtale' : 'Opfølgning: kursus og skånehensyn',
        art: n === 0 ? 'VEJLEDNING' : 'OPFOELGNING',
        start: `${day(-42 + n * 60)}T11:00:00`,
        slut: `${day(-42 + n * 60)}T11:45:00`,
        form: n === 0 ? 'FREMMOEDE' : 'VIDEO',
        sted: n === 0 ? 'Ungehuset Egevang' : '',
        status: n < 1 + revision ? 'AFHOLDT' : 'BOOKET',
        deltagere: [
          { navn: showcaseName, rolle: 'Borger', beskyttet: false },
          { navn: counsellor.name, rolle: 'Vejleder', beskyttet: false },
        ],
        dagsorden: ['Siden sidst', 'Kurset og kræfterne', 'Næste skridt'],
      }),
    ),
  ];
};
