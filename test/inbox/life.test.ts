// The life of a thread in the hub: from its first message to the plan, to its end with the enrolment or its retention;
// and the same by the hub's own push address.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stayEvents } from '../../adapters/fhir-inbox/records.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { shippedMappings } from '../../src/main.ts';
import { acceptDelivery } from '../../src/pipeline/deliveries.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { expireMessages } from '../../src/store/inbox.ts';
import { useDatabase } from '../postgres.ts';
import { bundleOf, bundlesOf } from '../sandbox/fhir-inbox/bundle.ts';
import { type InboxHub, openInboxHub } from './hub.ts';
import { cprs, discussion, id, mistake, others, renamed, stillThere, whole } from './threads.ts';

const database = useDatabase();
let inbox: InboxHub;
beforeAll(async () => {
  inbox = await openInboxHub(database.pool());
  for (const cpr of [cprs.anna, cprs.bo]) await inbox.enrol(cpr);
});
beforeEach(() => inbox.clear());
afterAll(() => inbox.close());

const count = async (table: string): Promise<number | null> =>
  (await database.pool().query(`select from ${table}`)).rowCount;
const keptRecords = (): Promise<number | null> => count('record');

describe('a thread', () => {
  it('is written anew with each message under the same ids, and a later message changes only what it changes', async () => {
    const ids = async () =>
      (await database.pool().query<{ id: string }>('select id from record order by id')).rows.map((row) => row.id);
    await inbox.drop(bundleOf(whole, 0));
    await inbox.pull();
    const before = await ids();
    expect(before).toHaveLength(2);
    await inbox.drop(bundleOf(whole, 2));
    const [counts] = await inbox.pull(['hospitalStay']);
    expect(counts).toMatchObject({ created: 1, changed: 1 });
    expect(await ids()).toEqual(expect.arrayContaining([...before]));
    // Its Provenances tell that the admission was corrected, and it has the corrected time.
    const [again] = await inbox.pull(['hospitalStay']);
    expect(again).toMatchObject({ created: 0, changed: 0, removed: 0 });
  });

  it('that was a mistake is gone from the plan', async () => {
    await inbox.drop(bundleOf(mistake, 0));
    await inbox.pull();
    expect(await keptRecords()).toBe(2);
    await inbox.drop(bundleOf(mistake, 2));
    const [counts] = await inbox.pull(['hospitalStay']);
    expect(counts).toMatchObject({ deleted: 1, removed: 2 });
    expect(await keptRecords()).toBe(0);
  });

  it('of somebody not enrolled leaves nothing but a count', async () => {
    for (const bundle of bundlesOf(others)) await inbox.drop(bundle);
    const [counts] = await inbox.pull();
    expect(counts).toMatchObject({ ignored: 2, stored: 0 });
    for (const table of ['inbox_message', 'inbox_id', 'inbox_about', 'record', 'quarantine'])
      expect(await count(table), table).toBe(0);
  });

  it('of which the messages have gone keeps its record; a reload removes nothing, and a late message begins anew', async () => {
    for (const bundle of bundlesOf(stillThere)) await inbox.drop(bundle);
    await inbox.drop(bundleOf(discussion, 0));
    await inbox.pull();
    const before = await inbox.state();
    await database.pool().query(`update inbox_message set expires_at = now() - interval '1 second'`);
    // Four messages, and where the stay's own beginning points to.
    expect(await expireMessages(database.pool())).toBe(5);
    await database.pool().query('update sync_state set checkpoint = null');
    await inbox.pull();
    expect(await inbox.state()).toBe(before);
    await inbox.drop(bundleOf(discussion, 1));
    await inbox.pull();
    expect(await count('inbox_message')).toBe(1);
    expect((await inbox.state()).split('\n')).toHaveLength(before.split('\n').length);
  });
});

it('that gets another name on its way stays one stay', async () => {
  const names = async (): Promise<readonly string[]> =>
    (await database.pool().query<{ key: string }>('select distinct key from record')).rows.map(({ key }) => key);
  const seen: (readonly string[])[] = [];
  for (const bundle of bundlesOf(renamed)) {
    await inbox.drop(bundle);
    await inbox.pull();
    seen.push(await names());
  }
  const own = 'https://sor2.sum.dsdn.dk/#id=999000000000001|ophold 77';
  expect(seen).toEqual([[id(80)], [own], [id(8000)], [id(8000)]]);
});

it('is acknowledged once when both kinds are pulled at the same time', async () => {
  const bundles = [...bundlesOf(whole), ...bundlesOf(discussion)];
  for (const bundle of bundles) await inbox.drop(bundle);
  const counts = await Promise.all([inbox.pull(['hospitalStay']), inbox.pull(['careCommunication'])]);
  expect(counts.flat().map(({ stored }) => stored)).toEqual([1, 1]);
  expect(await inbox.files('ack')).toHaveLength(bundles.length);
});

it('goes with its citizen’s enrolment, record and messages', async () => {
  for (const bundle of [...bundlesOf(whole), ...bundlesOf(mistake).slice(0, 1)]) await inbox.drop(bundle);
  await inbox.pull();
  const { rows } = await database.pool().query<{ id: string }>(
    `select e.id from enrolment e join identity i on i.citizen_id = e.citizen_id
     join inbox_about a on a.identity_id = i.id where e.ended_at is null group by e.id having count(*) > 5`,
  );
  await endEnrolment(database.pool(), rows[0]?.id ?? '', 'test');
  expect(await count('inbox_message')).toBe(1);
  expect(await inbox.state()).not.toContain(whole.kind === 'stay' ? (whole.episode ?? '') : '');
  await inbox.pull();
  expect(await keptRecords()).toBe(2);
  await inbox.enrol(cprs.anna);
  await inbox.pull();
  expect(await keptRecords()).toBe(2);
});

it('comes by the push address alike: kept, pulled and answered', async () => {
  const source = inbox.hub.sources.get('region')?.source;
  if (source === undefined) throw new Error('the source is configured');
  const deliver = (bundle: object) =>
    acceptDelivery(inbox.hub, source, { contentType: 'application/fhir+json', body: JSON.stringify(bundle) });
  const first = await deliver(bundleOf(whole, 0));
  expect(first).toMatchObject({ pull: true, answer: { contentType: 'application/fhir+json' } });
  expect(await deliver(bundleOf(whole, 0))).toMatchObject({ pull: false });
  expect(await deliver(bundleOf(others, 0))).toMatchObject({ pull: false, answer: expect.anything() });
  await inbox.pull();
  expect(await keptRecords()).toBe(2);
});

it('has words for every event a stay can have', () => {
  const file = join(shippedMappings, 'codes/medcom-stay-event.yaml');
  const { codes } = parseYaml(readFileSync(file, 'utf8'), file) as { codes: Readonly<Record<string, string>> };
  expect(Object.keys(codes).sort()).toEqual([...stayEvents].sort());
});
