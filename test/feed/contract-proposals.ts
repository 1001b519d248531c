// What another system reports to the contract test's hub before it asks, and a professional asks for: grants of one citizen,
// waiting to be confirmed, dismissed or taken back.
import { randomUUID } from 'node:crypto';
import { report } from '../../src/consent/proposals.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import type { Pool as Database } from '../../src/store/db.ts';
import type { Pool } from './contract-values.ts';
import type { Hub, Person } from './fixture.ts';

export const reportGrants = async (hub: Hub, database: Database, pool: Pool, person: Person): Promise<void> => {
  const number = parseNumber(person.cpr);
  if (number === undefined) throw new Error('not a number');
  for (const recipient of ['unit:jobcenter', 'unit:social', 'unit:jobcenter'])
    await report(
      database,
      { number, reference: randomUUID(), consent: { decision: 'grant', recipient } },
      { keys: hub.keys, source: 'elsewhere' },
    );
  const at = `/v1/citizens/${person.id}/consent-proposals`;
  const asking = { for: 'person', domains: ['health'], why: 'Til mødet' };
  // So many may wait and no more.
  await hub.ask('caseworker-employment', { method: 'POST', url: at, payload: asking });
  const waiting = await hub.ask('citizen', at, { citizen: person.id });
  const proposals: readonly { readonly id: string; readonly state?: string }[] = waiting.json().proposals;
  // The asked last: what was put last is asked with first.
  for (const { id } of proposals.toSorted((a, b) => (a.state ?? '').localeCompare(b.state ?? '')))
    pool.put('/v1/citizens/{id}/consent-proposals/{proposal}', id);
};
