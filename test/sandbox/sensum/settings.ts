// A `files` configuration of Sensum's delivery: what lies beside its mappings, with a source's own settings over it.

import { settingsOf, shippedMappings } from '../../../src/main.ts';
import { loadSystemFile } from '../../../src/mapping/load.ts';

export const sensumSettings = (own: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  settingsOf(loadSystemFile([shippedMappings], 'sensum')?.config ?? {}, own);
