// Maja Sandkasse at hospital: brought in one evening with back pain, moved to a ward, home again three days later; the
// ward and the home nursing write to each other about the days after. Each event while the sandbox runs is one more message.
import type { CareNote, StayNote, Thread } from '../fhir-inbox/bundle.ts';
import { instantAt, plusDays, plusMinutes, workday } from './days.ts';
import { keyOf } from './keys.ts';
import { emergencyWard, homeNursing, wards } from './texts-hospital.ts';
import type { Citizen } from './types.ts';

const followUps = [
  'Sygeplejebesøg er aftalt, og medicinskemaet er opdateret.',
  'Hun sover bedre. Vi ringer til hende igen på fredag.',
  'Tak. Ambulatoriet indkalder til kontrol om seks uger.',
];

export const showcaseThreads = ({ person, revision }: Citizen, seed: number, today: string): readonly Thread[] => {
  const id = (label: string, n = 0): string => keyOf(seed, person.index, 'hospital', label, n);
  // Days from the day she came in, so that the order is the same whatever the weekday.
  const first = workday(plusDays(today, -19));
  const at = (days: number, time: string): string => instantAt(plusDays(first, days), time);
  const ward = wards[0];
  const stay: readonly StayNote[] = [
    {
      id: id('arrived'),
      activity: 'admit-emergency',
      at: at(0, '21:50'),
      status: 'in-progress',
      class: 'EMER',
      start: at(0, '21:40'),
      ward: emergencyWard,
    },
    {
      id: id('admitted'),
      activity: 'admit-inpatient',
      at: at(1, '09:40'),
      previous: id('arrived'),
      status: 'in-progress',
      start: at(1, '09:15'),
      ward,
    },
    {
      id: id('corrected'),
      activity: 'revise-admit-inpatient',
      at: at(1, '11:00'),
      previous: id('admitted'),
      status: 'in-progress',
      start: at(1, '08:30'),
      ward,
    },
    {
      id: id('discharged'),
      activity: 'discharge-inpatient-home',
      at: at(3, '13:45'),
      previous: id('corrected'),
      status: 'finished',
      start: at(1, '08:30'),
      end: at(3, '13:30'),
      ward,
    },
  ];
  const about = { category: 'discharge', topic: 'Hjælp efter udskrivelse: smerter og søvn' };
  const written: readonly CareNote[] = [
    {
      ...about,
      id: id('letter'),
      activity: 'new-message',
      at: at(2, '10:20'),
      from: ward,
      to: homeNursing,
      text: 'Maja udskrives i morgen. Kan I se til hende de første dage?',
    },
    {
      ...about,
      id: id('answer'),
      activity: 'reply-message',
      at: at(2, '12:05'),
      previous: id('letter'),
      from: homeNursing,
      to: ward,
      text: 'Ja. Første besøg er dagen efter udskrivelsen kl. 9.',
    },
  ];
  const more = Array.from({ length: Math.min(revision, followUps.length) }, (_, n): CareNote => {
    const ours = n % 2 === 0;
    return {
      ...about,
      id: id('more', n),
      activity: 'reply-message',
      at: plusMinutes(instantAt(today, '00:05'), n),
      previous: n === 0 ? id('answer') : id('more', n - 1),
      from: ours ? homeNursing : ward,
      to: ours ? ward : homeNursing,
      text: followUps[n] ?? '',
    };
  });
  const citizen = { cpr: person.cpr, given: person.given, family: person.family };
  return [
    { kind: 'stay', episode: id('episode'), citizen, receiver: homeNursing, notes: stay },
    { kind: 'care', identifier: id('conversation'), citizen, notes: [...written, ...more] },
  ];
};
