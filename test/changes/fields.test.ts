// Data minimisation on copies: only the kinds and fields that were asked for, and silence about changes in the others.
// What was held under wider fields and is not asked for any more is to be deleted.
import { beforeEach, expect, it } from 'vitest';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createFeedHub, type FeedHub, type PageAnswer, told } from './hub.ts';

const database = useDatabase();
let hub: FeedHub;
let anna: Person;
let plan: string;
let goal: string;
const fields = 'plans(title,status),links';

beforeEach(async () => {
  hub = await createFeedHub(database.pool());
  for (const table of ['consumer_hold', 'consumer_page', 'purge', 'consumer', 'change', 'consent', 'record_version'])
    await database.pool().query(`delete from ${table}`);
  await database.pool().query('delete from citizen_record');
  anna = await hub.world.person('0102703333');
  await hub.world.say(anna, 'grant', 'consumer:borgerportal');
  await hub.world.record({ kind: 'citizen', citizens: [anna], fields: { name: 'Anna', birthDate: '1970-02-01' } });
  plan = await hub.world.record({ citizens: [anna], fields: { purpose: 'Engvej 1' } });
  goal = await hub.world.record({ kind: 'goal', citizens: [anna] });
  await hub.world.link(goal, 'plan', plan);
});

const edit = async (field: string, value: string): Promise<void> => {
  await database
    .pool()
    .query(
      `update record_body set body = jsonb_set(body::jsonb, array[$2::text], to_jsonb($3::text))::text where record_id = $1`,
      [plan, field, value],
    );
  await database
    .pool()
    .query('update record set content_hash = sha256(convert_to($2, $3)) where id = $1', [
      plan,
      `${field} ${value}`,
      'UTF8',
    ]);
  await hub.look(anna.id);
};
const byId = (page: PageAnswer, id: string) => page.entries.find((entry) => entry.id === id);

it('brings what they name: id and kind always, master data and links only when named', async () => {
  const page = await hub.page({ fields });
  expect(told(page)).toEqual([`created ${anna.id}`, `created ${plan}`]);
  expect(byId(page, anna.id)?.record).toEqual({ id: anna.id, kind: 'citizen' });
  expect(byId(page, plan)?.record).toEqual({ id: plan, kind: 'plan', title: 'Min Plan', status: 'active' });
  expect(hub.log.entries.at(-1)?.records).toEqual([plan]);
  const other = await hub.page({ fields: 'citizen(name),goals' });
  expect(byId(other, anna.id)?.record).toEqual({ id: anna.id, kind: 'citizen', name: 'Anna' });
  // The other end of the link is not asked for.
  expect(byId(other, goal)).toMatchObject({ record: { text: 'Komme i praktik' }, links: [] });
  const both = await hub.page({ fields: 'plans,goals(text),links' });
  expect(byId(both, goal)?.links).toEqual([{ from: goal, rel: 'plan', to: plan }]);
});

it('says nothing of changes in what they leave out', async () => {
  let { cursor } = await hub.page({ fields });
  ({ cursor } = await hub.page({ fields, after: cursor }));
  await edit('purpose', 'Engvej 2');
  const quiet = await hub.page({ fields, after: cursor });
  expect(quiet).toMatchObject({ entries: [], more: false });
  await edit('title', 'Ny plan');
  expect(told(await hub.page({ fields, after: quiet.cursor }))).toEqual([`changed ${plan}`]);
});

it('belong to the cursor; narrowed, a snapshot says what is to go', async () => {
  const whole = await hub.snapshot();
  expect((await hub.asked({ fields, after: whole.cursor })).statusCode).toBe(410);
  const narrow = await hub.page({ fields });
  expect(told(narrow).toSorted()).toEqual([`created ${anna.id}`, `created ${plan}`, `removed ${goal}`].sort());
  expect((await hub.asked({ after: narrow.cursor })).statusCode).toBe(410);
  expect((await hub.asked({ fields, after: narrow.cursor })).statusCode).toBe(200);
});

it('are refused when they are not understood, or ask for numbers', async () => {
  for (const bad of ['secrets', 'plans(secret)', '', 'citizen(cpr)', 'citizen(formerCpr)'])
    expect((await hub.asked({ fields: bad })).statusCode, bad).toBe(400);
});
