// The showcase citizen's consents, as feed.md lists them.
import type { Pool } from '../../src/store/db.ts';

export const giveShowcaseConsents = async (_pool: Pool, _citizenId: string): Promise<void> => {};
