// Custody is bounded by the child's age. From 15 a young person is party to their own case, so custody alone represents
// until then (or until the configured age, 18 at most); the end is written as a date and needs nobody to act.
import { copenhagenInstant } from '../clock.ts';

/** From this age somebody is party to their own case. */
export const partyAge = 15;

/** The instant at which somebody born on `birthDate` reaches `age`: midnight in Copenhagen; born on a leap day, 1 March. */
export const reaches = (birthDate: string, age: number): Date => {
  const [year = 0, month = 1, day = 1] = birthDate.split('-').map(Number);
  return copenhagenInstant(new Date(Date.UTC(year + age, month - 1, day)).toISOString().slice(0, 10));
};

/** The end of custody: the earlier of what was said and the child's age. */
export const custodyEnd = (birthDate: string, age: number, said: Date | null): Date => {
  const limit = reaches(birthDate, Math.min(age, 18));
  return said !== null && said < limit ? said : limit;
};
