// Finding a citizen by number through the full-text search: the number travels in the body, and every hit is looked up
// and compared, because full text finds more than it should.
import { z } from 'zod';
import { refusing } from '../../src/adapter/refusing.ts';
import type { Clock } from '../../src/clock.ts';
import { HubError } from '../../src/errors.ts';
import { type Client, type Row, shaped } from './client.ts';
import type { MomentumConfig } from './config.ts';
import { searchCitizens } from './paging.ts';

export interface FoundCitizen {
  readonly id: string;
  readonly row: Row;
}

const citizenRow = z.looseObject({ id: z.string(), cpr: z.string(), previousCprs: z.array(z.string()).nullish() });

export const citizenPath = (template: string, id: string): string =>
  template.replace('{citizen}', encodeURIComponent(id));

const digits = (text: string): string => text.replace(/[\s-]/g, '');

/** The source's citizens with this number now or before; none when it does not know the number. */
export const findCitizens = async (
  client: Client,
  config: MomentumConfig,
  cpr: string,
  signal: AbortSignal,
): Promise<readonly FoundCitizen[]> => {
  const query = { path: config.paths.search, term: cpr, size: config.searchSize };
  const ids = await searchCitizens(client, query, signal);
  const found: FoundCitizen[] = [];
  for (const id of ids) {
    const answer = await refusing(client.get(citizenPath(config.paths.citizen, id), signal)).catch(
      (thrown: unknown) => {
        if (thrown instanceof HubError && thrown.code === 'source/not-found') return undefined;
        throw thrown;
      },
    );
    if (answer === undefined) continue;
    const row = shaped(citizenRow, answer);
    if ([row.cpr, ...(row.previousCprs ?? [])].some((number) => digits(number) === cpr))
      found.push({ id: row.id, row });
  }
  return found;
};

export interface Lookup {
  /** Asks the source. */
  find(cpr: string, signal: AbortSignal): Promise<readonly FoundCitizen[]>;
  /** Guids only, remembered for half a minute: a citizen's kinds are read one after the other. */
  ids(cpr: string, signal: AbortSignal): Promise<readonly string[]>;
}

const rememberMs = 30_000;

export const createLookup = (client: Client, config: MomentumConfig, clock: Clock): Lookup => {
  const remembered = new Map<string, { readonly ids: readonly string[]; readonly until: number }>();
  const find = async (cpr: string, signal: AbortSignal): Promise<readonly FoundCitizen[]> => {
    const found = await findCitizens(client, config, cpr, signal);
    const now = clock.now().getTime();
    for (const [number, { until }] of remembered) if (until <= now) remembered.delete(number);
    remembered.set(cpr, { ids: found.map(({ id }) => id), until: now + rememberMs });
    return found;
  };
  return {
    find,
    async ids(cpr, signal) {
      const known = remembered.get(cpr);
      if (known !== undefined && known.until > clock.now().getTime()) return known.ids;
      return (await find(cpr, signal)).map(({ id }) => id);
    },
  };
};
