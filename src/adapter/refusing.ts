// A source that refuses while it is asked about one citizen: its decision about that citizen, and no fault of ours.
import { HubError } from '../errors.ts';

/** A 403 as what it means about one citizen; anything else as it is. */
export const refused = (thrown: unknown): unknown =>
  thrown instanceof HubError && thrown.code === 'source/forbidden'
    ? new HubError({
        code: 'source/forbidden',
        fault: 'source',
        message: 'The source refuses to show this citizen.',
        hint: 'Ask the responsible unit whether the citizen is closed to the hub’s client on purpose.',
      })
    : thrown;

export const refusing = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (thrown) {
    throw refused(thrown);
  }
};
