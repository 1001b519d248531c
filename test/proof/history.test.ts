// "What could X see on date D" is what X was in fact shown on D, for generated histories in which everything happens that
// decides who sees what.
import { it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { checkHistories } from './history-check.ts';

const database = useDatabase();

it('what could be seen is what was shown', { timeout: 3_600_000 }, () => checkHistories(database, 1));
