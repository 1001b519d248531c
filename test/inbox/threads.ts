// Threads of our own for tests: stays with corrections, leave, cancellations and a death, and correspondences with a
// reply, a correction, a forwarding and a withdrawal. Ids are readable; `expected` is what each comes to.
import type { CareNote, Party, StayNote, Thread } from '../sandbox/fhir-inbox/bundle.ts';

export const cprs = { anna: '0106881234', bo: '0203704321', stranger: '0101011111' } as const;
const anna = { cpr: cprs.anna, given: ['Anna'], family: 'Andersen' };
const bo = { cpr: cprs.bo, given: ['Bo'], family: 'Birk' };

export const ward: Party = { name: 'Medicinsk Afdeling, Prøvesygehuset', sor: '999000000000001', gln: '5790000000001' };
export const kommune: Party = { name: 'Hjemmesygeplejen', sor: '999000000000002', gln: '5790000000002' };

/** An id by number: `11` → `00000011-…`. */
export const id = (number: number): string => `${String(number).padStart(8, '0')}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`;
const at = (day: number, time = '12:00'): string => `2026-10-${String(day).padStart(2, '0')}T${time}:00+02:00`;

const stayNote = (number: number, day: number, activity: string, more: Partial<StayNote> = {}): StayNote => ({
  id: id(number),
  at: at(day, '12:05'),
  activity,
  status: 'in-progress',
  start: at(1),
  ward,
  ...more,
});
const careNote = (number: number, day: number, activity: string, more: Partial<CareNote> = {}): CareNote => ({
  id: id(number),
  at: at(day),
  activity,
  from: number % 2 === 0 ? kommune : ward,
  to: number % 2 === 0 ? ward : kommune,
  category: 'discharge',
  topic: 'Udskrivelse på fredag',
  text: `Hemmelig tekst ${number}`,
  ...more,
});
const previous = (number: number, role?: 'removal') => ({
  previous: id(number),
  ...(role === undefined ? {} : { role }),
});

/** Admitted, corrected, on leave, back, discharged, and the discharge's time corrected. */
export const whole: Thread = {
  kind: 'stay',
  episode: id(1000),
  citizen: anna,
  receiver: kommune,
  notes: [
    stayNote(10, 1, 'admit-inpatient'),
    stayNote(11, 2, 'revise-admit-inpatient', { ...previous(10), start: at(1, '09:00') }),
    stayNote(12, 3, 'start-leave-inpatient', {
      ...previous(11),
      start: at(1, '09:00'),
      status: 'onleave',
      leave: { start: at(3) },
    }),
    stayNote(13, 4, 'end-leave-inpatient', {
      ...previous(12),
      start: at(1, '09:00'),
      leave: { start: at(3), end: at(4) },
    }),
    stayNote(14, 5, 'discharge-inpatient-home', {
      ...previous(13),
      start: at(1, '09:00'),
      end: at(5),
      status: 'finished',
    }),
    stayNote(15, 6, 'revise-discharge-inpatient-home', {
      ...previous(14),
      start: at(1, '09:00'),
      end: at(5, '15:00'),
      status: 'finished',
    }),
  ],
};

/** Discharged by mistake: still there. */
export const stillThere: Thread = {
  kind: 'stay',
  episode: id(2000),
  citizen: anna,
  receiver: kommune,
  notes: [
    stayNote(20, 1, 'admit-inpatient'),
    stayNote(21, 2, 'discharge-inpatient-home', { ...previous(20), end: at(2), status: 'finished' }),
    stayNote(22, 3, 'cancel-discharge-inpatient-home', { ...previous(21, 'removal'), status: 'entered-in-error' }),
  ],
};

/** Never admitted at all, and a leave with it. */
export const mistake: Thread = {
  kind: 'stay',
  episode: id(3000),
  citizen: bo,
  receiver: kommune,
  notes: [
    stayNote(30, 1, 'admit-inpatient'),
    stayNote(31, 2, 'start-leave-inpatient', { ...previous(30), status: 'onleave', leave: { start: at(2) } }),
    stayNote(32, 3, 'cancel-admit-inpatient', { ...previous(30, 'removal'), status: 'entered-in-error' }),
  ],
};

/** Without an identifier: held together by its chain. From the emergency department to a ward, where the citizen dies. */
export const chained: Thread = {
  kind: 'stay',
  citizen: bo,
  receiver: kommune,
  notes: [
    stayNote(40, 1, 'admit-emergency', { class: 'EMER' }),
    stayNote(41, 2, 'admit-inpatient', { ...previous(40), start: at(2) }),
    stayNote(42, 3, 'discharge-inpatient-home', {
      ...previous(41),
      start: at(2),
      end: at(3),
      status: 'finished',
      deceased: true,
    }),
  ],
};

const local = { system: 'https://sor2.sum.dsdn.dk/#id=999000000000001', value: 'ophold 77' };
const lpr3 = { system: 'https://www.esundhed.dk/Registre/Landspatientregisteret', value: `urn:uuid:${id(8000)}` };

/** Known by its chain first, then by the hospital's own identifier, then by that and LPR3's, then by LPR3's alone. */
export const renamed: Thread = {
  kind: 'stay',
  citizen: bo,
  receiver: kommune,
  notes: [
    stayNote(80, 1, 'admit-inpatient'),
    stayNote(81, 2, 'revise-admit-inpatient', { ...previous(80), start: at(1, '08:00'), known: [local] }),
    stayNote(82, 3, 'start-leave-inpatient', {
      ...previous(81),
      start: at(1, '08:00'),
      status: 'onleave',
      leave: { start: at(3) },
      known: [local, lpr3],
    }),
    stayNote(83, 5, 'discharge-inpatient-home', {
      ...previous(82),
      start: at(1, '08:00'),
      end: at(5),
      status: 'finished',
      known: [lpr3],
    }),
  ],
};

export const discussion: Thread = {
  kind: 'care',
  identifier: id(5000),
  citizen: anna,
  notes: [
    careNote(51, 1, 'new-message'),
    careNote(52, 2, 'reply-message', previous(51)),
    careNote(53, 3, 'modified-message', { ...previous(51), topic: 'Udskrivelse på mandag' }),
  ],
};

export const withdrawn: Thread = {
  kind: 'care',
  identifier: id(6000),
  citizen: bo,
  notes: [careNote(61, 1, 'new-message'), careNote(63, 2, 'retract-message', previous(61, 'removal'))],
};

export const others: Thread = {
  kind: 'stay',
  episode: id(7000),
  citizen: { cpr: cprs.stranger, given: ['Ukendt'], family: 'Fremmed' },
  receiver: kommune,
  notes: [stayNote(70, 1, 'admit-inpatient'), stayNote(71, 2, 'discharge-inpatient-home', previous(70))],
};

export const threads = { whole, stillThere, mistake, chained, renamed, discussion, withdrawn, others } as const;
