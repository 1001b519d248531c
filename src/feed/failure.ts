// What went wrong below, as one of our errors: pg's own messages can hold values, and a lost connection is not a bug.
import type { HubError } from '../errors.ts';
import { storeError } from '../store/db.ts';

export const failureOf = (thrown: unknown): HubError => storeError(thrown);
