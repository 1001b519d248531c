// The same where numbers keep being joined into one citizen and parted again: what was said, who represented and what was
// held moves with them, and the past does not.
import { it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { checkHistories } from './history-check.ts';

const database = useDatabase();

it('what could be seen is what was shown, under whatever id', { timeout: 3_600_000 }, () =>
  checkHistories(database, 5),
);
