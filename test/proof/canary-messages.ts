// Message Bundles that hold the canary: of both people, good ones and wrong ones, with names, numbers and texts wherever a
// sender could write them.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundlesOf, type CareNote, type StayNote, type Thread } from '../sandbox/fhir-inbox/bundle.ts';
import { enrolled, stranger } from './canary-marks.ts';

const id = (n: number): string => `0000c${String(n).padStart(3, '0')}-cccc-4ccc-8ccc-cccccccccccc`;

const threadsOf = (who: typeof enrolled | typeof stranger, n: number): readonly Thread[] => {
  const whole = `${who.given} ${who.family} ${who.cpr} ${who.text}`;
  const citizen = { cpr: who.cpr, given: [who.given], family: who.family };
  const ward = { name: `Afdelingen ${who.text}`, sor: `${n}`, gln: `${n}` };
  const at = '2026-10-01T10:00:00Z';
  const stay: StayNote = { id: id(n), activity: 'admit-inpatient', at, status: 'in-progress', start: at, ward };
  const talk: CareNote = {
    id: id(n + 1),
    activity: 'new-message',
    at,
    from: ward,
    to: ward,
    category: 'discharge',
    topic: `Om ${who.given} ${who.text}`,
    text: whole,
  };
  return [
    { kind: 'stay', episode: id(n + 2), citizen, receiver: ward, notes: [stay] },
    { kind: 'care', identifier: id(n + 3), citizen, notes: [talk] },
  ];
};

/** Messages as files; the wrong ones are wrong in an element that holds the canary. */
export const dropCanaryMessages = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const whole = `${enrolled.given} ${enrolled.family} ${enrolled.cpr} ${enrolled.text}`;
  const good = [...threadsOf(enrolled, 10), ...threadsOf(stranger, 20)].flatMap(bundlesOf);
  const [stay] = threadsOf(enrolled, 30).flatMap(bundlesOf);
  const wrongIn = (of: string, into: string): string => JSON.stringify(stay).replace(of, into);
  const wrong = [
    wrongIn('"admit-inpatient"', JSON.stringify(whole)),
    wrongIn('"hospital-notification-message"', JSON.stringify(whole)),
    wrongIn('"2026-10-01T10:00:00Z"', JSON.stringify(whole)),
    wrongIn('"message"', JSON.stringify(whole)),
    whole,
  ];
  const files = [...good.map((bundle) => JSON.stringify(bundle)), ...wrong];
  for (const [place, text] of files.entries())
    await writeFile(join(folder, `${enrolled.family}-${enrolled.cpr}-${place}.json`), text);
};
