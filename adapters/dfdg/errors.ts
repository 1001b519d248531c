// DFDG's numeric errors as outcomes of asking about one citizen. The text beside the number may hold anything and is
// never read. A number nobody knows fails the run: better late than wrong.
import { HubError } from '../../src/errors.ts';

/**
 * empty: the source holds nothing about this citizen. refused: this citizen cannot be asked for, what is stored stays.
 * failed: the question was wrong. later: try again.
 */
export const outcomes = ['empty', 'refused', 'failed', 'later'] as const;
export type Outcome = (typeof outcomes)[number];

const usual: Readonly<Record<string, Outcome>> = {
  // Invalid cpr: it passed the calendar test, and is refused all the same.
  '1001': 'refused',
  // Unknown cpr.
  '1010': 'empty',
  // Failed to validate message: the contract has changed.
  '1014': 'failed',
  // CV number unknown.
  '4400': 'failed',
  // Something about this citizen's Min Plan; the others are not held up by it.
  '8302': 'refused',
  '8303': 'refused',
  '8306': 'refused',
  '8308': 'refused',
};

const names = ['fejlnummer', 'fejlkode', 'errornumber', 'errorcode', 'nummer', 'number'];

/** The error number of an answer's body, wherever its envelope keeps it. */
export const numberIn = (body: unknown, depth = 0): string | undefined => {
  if (typeof body !== 'object' || body === null || depth > 4) return undefined;
  for (const [name, value] of Object.entries(body)) {
    const said = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    if (names.includes(name.toLowerCase()) && /^\d{1,6}$/.test(said) && Number(said) > 0) return said;
  }
  for (const value of Object.values(body)) {
    const found = numberIn(value, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
};

const error = (number: string, outcome: Exclude<Outcome, 'empty'>): HubError => {
  const said = `The source answered error ${number}.`;
  if (outcome === 'refused')
    return new HubError({ code: 'source/forbidden', fault: 'source', message: `${said} This citizen is not shown.` });
  if (outcome === 'later') return new HubError({ code: 'source/unavailable', fault: 'transient', message: said });
  return new HubError({
    code: 'source/bad-request',
    fault: 'config',
    message: said,
    hint: 'STAR changes the services four times a year: compare with the release notes, then set `paths`, or `errors` for what the number means.',
  });
};

/** @returns nothing when the number says that there is nothing. @throws HubError */
export const settle = (number: string, own: Readonly<Record<string, Outcome>>): void => {
  const outcome = own[number] ?? usual[number] ?? 'failed';
  if (outcome !== 'empty') throw error(number, outcome);
};
