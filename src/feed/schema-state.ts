// Is the database's schema the one this program expects? For readiness.
import { schemaIsCurrent } from '../store/migrate.ts';
import type { FeedContext } from './context.ts';

export const schemaState = async (context: FeedContext): Promise<'current' | 'outdated' | 'unknown'> => {
  try {
    return (await schemaIsCurrent(context.pool)) ? 'current' : 'outdated';
  } catch {
    return 'unknown';
  }
};
