// Lent aids: what people with a bad back, weak legs or poor sight have on loan from the municipality, by chance and age.
// Maja's are by hand: a chair that spares her back, asked for at the rehabilitation and lent since.
import type { Loan } from '../hjaelpemidler/service.ts';
import { plusDays, workday } from './days.ts';
import { randomOf } from './random.ts';
import { showcaseCpr, showcaseIndex } from './showcase.ts';
import { someoneIn } from './staff.ts';
import type { Person } from './types.ts';

export interface LoanInput {
  readonly person: Person;
  readonly seed: number;
  readonly today: string;
  readonly changed: string;
  readonly revision: number;
}

const section = 'Serviceloven § 112';
const aids: readonly (readonly [string, string, readonly string[]])[] = [
  ['Rollator, indendørs', 'Ganghjælpemidler', ['Kurv', 'Bakke']],
  ['Manuel kørestol', 'Kørestole', ['Siddepude', 'Benstøtte', 'Regnslag']],
  ['Badebænk', 'Personlig hygiejne', []],
  ['Plejeseng', 'Senge', ['Sengehest', 'Opretter', 'Trykaflastende madras']],
  ['Nødkald', 'Alarmer', ['Armbånd']],
  ['Læseforstørrer (CCTV)', 'Syn', ['Skærm']],
];

/** A few of the young, more of the old. */
export const borrows = (seed: number, person: Person, today: string): boolean => {
  const age = Number(today.slice(0, 4)) - Number(person.birthDate.slice(0, 4));
  return person.index === showcaseIndex || randomOf(seed, 'hjaelpemidler', person.index).chance(age < 60 ? 0.04 : 0.3);
};

const showcaseLoans = (today: string, changed: string, revision: number): readonly Loan[] => [
  {
    number: 'U-100001',
    cpr: showcaseCpr,
    aid: 'Arbejdsstol med rygstøtte',
    group: 'Siddemøbler',
    section,
    lent: workday(plusDays(today, -75)),
    parts: [
      { number: '1', name: 'Lændepude' },
      { number: '2', name: 'Armlæn' },
    ],
    therapist: { initials: 'lrin', name: 'Line Ringsted', unit: 'traening' },
    changed,
  },
  {
    number: 'U-100002',
    cpr: showcaseCpr,
    aid: 'Rollator, udendørs',
    group: 'Ganghjælpemidler',
    section,
    lent: workday(plusDays(today, -240)),
    ...(revision === 0 ? {} : { returned: today }),
    parts: [{ number: '1', name: 'Kurv' }],
    therapist: { initials: 'lrin', name: 'Line Ringsted', unit: 'traening' },
    changed,
  },
];

/** Everything somebody has or had on loan. What happens to them meanwhile: something is given back. */
export const loansOf = ({ person, seed, today, changed, revision }: LoanInput): readonly Loan[] => {
  if (person.index === showcaseIndex) return showcaseLoans(today, changed, revision);
  const random = randomOf(seed, 'udlaan', person.index);
  const therapist = someoneIn('traening', random);
  return Array.from({ length: random.int(1, 3) }, (_, n): Loan => {
    const [aid, group, extras] = random.pick(aids);
    const lent = workday(plusDays(today, -random.int(10, 900)));
    const back = random.chance(0.2) || n < revision;
    return {
      number: `U-${200_000 + person.index * 5 + n}`,
      cpr: person.cpr,
      aid,
      group,
      section,
      lent,
      ...(back ? { returned: today } : {}),
      parts: extras.filter(() => random.chance(0.6)).map((name, part) => ({ number: String(part + 1), name })),
      therapist: { initials: therapist.initials.toLowerCase(), name: therapist.name, unit: 'traening' },
      changed,
    };
  });
};
