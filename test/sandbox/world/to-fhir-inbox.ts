// Citizens as the region's messages tell of them: some of those whom health and care know have been at hospital, and some
// are there now. What happens while the sandbox runs is one more admission, or the discharge from the last.
import type { CareNote, StayNote, Thread } from '../fhir-inbox/bundle.ts';
import { instantAt, plusDays, plusMinutes } from './days.ts';
import { keyOf } from './keys.ts';
import { type Random, randomOf } from './random.ts';
import { showcaseIndex } from './showcase.ts';
import { showcaseThreads } from './showcase-hospital.ts';
import { emergencyWard, homeNursing, letters, wards } from './texts-hospital.ts';
import type { Citizen, Person } from './types.ts';

type Id = (label: string, n?: number) => string;
const citizenOf = ({ cpr, given, family }: Person) => ({ cpr, given, family });

/** A stay of so many days from a day on, as far as it has come by today. */
const stayOf = (person: Person, id: Id, from: string, days: number, today: string, random: Random): Thread => {
  const ward = random.pick(wards);
  const start = instantAt(from, '10:30');
  const notes: StayNote[] = [];
  const add = (label: string, note: Omit<StayNote, 'id' | 'start' | 'ward' | 'status'> & Partial<StayNote>): void => {
    const before = notes.at(-1)?.id;
    notes.push({
      status: 'in-progress',
      start,
      ward,
      ...note,
      id: id(label),
      ...(before === undefined ? {} : { previous: note.previous ?? before }),
    });
  };
  if (random.chance(0.3))
    add('arrived', {
      activity: 'admit-emergency',
      at: instantAt(from, '05:20'),
      start: instantAt(from, '05:10'),
      class: 'EMER',
      ward: emergencyWard,
    });
  add('admitted', { activity: 'admit-inpatient', at: plusMinutes(start, 5) });
  const [corrected, onLeave, mistake] = [random.chance(0.2), random.chance(0.5), random.chance(0.06)];
  const known = (day: string): boolean => day <= today;
  if (corrected) add('corrected', { activity: 'revise-admit-inpatient', at: plusMinutes(start, 90) });
  if (mistake) {
    const role = { role: 'removal', status: 'entered-in-error' } as const;
    add('mistake', { activity: 'cancel-admit-inpatient', at: plusMinutes(start, 200), ...role });
    if (notes[0]?.class === 'EMER')
      add('mistake-too', {
        activity: 'cancel-admit-emergency',
        at: plusMinutes(start, 201),
        previous: id('arrived'),
        ...role,
      });
  } else {
    const [out, back, home] = [plusDays(from, 2), plusDays(from, 3), plusDays(from, days)];
    if (onLeave && days > 5 && known(back)) {
      const leave = { start: instantAt(out, '10:00'), end: instantAt(back, '18:00') };
      add('leave', {
        activity: 'start-leave-inpatient',
        at: leave.start,
        status: 'onleave',
        leave: { start: leave.start },
      });
      add('back', { activity: 'end-leave-inpatient', at: leave.end, leave });
    }
    if (known(home)) {
      const end = instantAt(home, '13:00');
      add('home', { activity: 'discharge-inpatient-home', at: plusMinutes(end, 10), status: 'finished', end });
    }
  }
  return { kind: 'stay', episode: id('episode'), citizen: citizenOf(person), receiver: homeNursing, notes };
};

/** What ward and home nursing write to each other on a day; now and then something is taken back. */
const letterOf = (person: Person, id: Id, day: string, random: Random): Thread => {
  const [category, topic, text, answer] = random.pick(letters);
  const ward = random.pick(wards);
  const about = { category, topic };
  const notes: CareNote[] = [
    {
      ...about,
      id: id('letter'),
      activity: 'new-message',
      at: instantAt(day, '09:30'),
      from: ward,
      to: homeNursing,
      text,
    },
  ];
  if (random.chance(0.05))
    notes.push({
      ...about,
      id: id('withdrawn'),
      activity: 'retract-message',
      at: instantAt(day, '09:50'),
      previous: id('letter'),
      role: 'removal',
      from: ward,
      to: homeNursing,
      text: 'Sendt ved en fejl.',
    });
  else if (random.chance(0.7))
    notes.push({
      ...about,
      id: id('answer'),
      activity: 'reply-message',
      at: instantAt(day, '13:15'),
      previous: id('letter'),
      from: homeNursing,
      to: ward,
      text: answer,
    });
  return { kind: 'care', identifier: id('conversation'), citizen: citizenOf(person), notes };
};

/** Does the region write about this citizen? */
export const isPatient = (seed: number, citizen: Citizen): boolean =>
  citizen.person.index === showcaseIndex ||
  (citizen.health !== undefined && randomOf(seed, 'hospital', citizen.person.index).chance(0.3));

/** Everything the region has written about a citizen by today. */
export const threadsOf = (citizen: Citizen, seed: number, today: string): readonly Thread[] => {
  const { person, revision } = citizen;
  if (!isPatient(seed, citizen)) return [];
  if (person.index === showcaseIndex) return showcaseThreads(citizen, seed, today);
  const random = randomOf(seed, 'hospital stay', person.index);
  const id = (label: string, n = 0): string => keyOf(seed, person.index, 'hospital', label, n);
  const [days, ago] = [random.int(2, 12), random.int(1, 80)];
  const from = plusDays(today, -ago);
  const threads = [stayOf(person, id, from, days, today, random)];
  if (random.chance(0.6)) threads.push(letterOf(person, id, plusDays(from, Math.min(ago, days) - 1), random));
  // Two events are one more stay: in, and home again.
  for (let n = 1; 2 * n - 1 <= revision; n += 1) {
    const own: Id = (label) => id(label, n);
    const start = plusMinutes(instantAt(today, '00:01'), 4 * n);
    const [ward, end] = [random.pick(wards), plusMinutes(start, 2)];
    const both: readonly StayNote[] = [
      { id: own('in'), activity: 'admit-inpatient', at: start, status: 'in-progress', start, ward },
      {
        id: own('out'),
        activity: 'discharge-inpatient-home',
        at: end,
        previous: own('in'),
        status: 'finished',
        start,
        end,
        ward,
      },
    ];
    const notes = both.slice(0, revision - 2 * n + 2);
    threads.push({ kind: 'stay', episode: own('episode'), citizen: citizenOf(person), receiver: homeNursing, notes });
  }
  return threads;
};
