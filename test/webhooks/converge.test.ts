// A consumer that reads only when it is called, while three in ten calls are lost on their way and it is killed now and
// then: in the end its copy is what it may see, because what is lost is tried again and what it missed comes by cursor.
import { randomInt } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createWebhookHub, emptied, type WebhookHub } from './hub.ts';

const database = useDatabase();
let hub: WebhookHub;
let people: readonly Person[];

beforeEach(async () => {
  await emptied(database.pool());
  hub = await createWebhookHub(database.pool(), 0);
  const made: Person[] = [];
  for (let n = 0; n < 6; n += 1) made.push(await hub.world.person(`${String(n + 2).padStart(2, '0')}02703333`));
  people = made;
  for (const one of people.slice(1)) await granted(one);
});
afterEach(() => hub.receiver.close());

const chance = (percent: number): boolean => randomInt(100) < percent;
const somebody = (): Person => people[randomInt(people.length)] as Person;

/** What is kept between calls, written together with its cursor. */
interface Copy {
  readonly records: ReadonlyMap<string, string>;
  readonly cursor: string | undefined;
}

/** Reads to the end and stores each page. @returns false when it was killed on its way. */
const read = async (from: Copy, store: (copy: Copy) => void, killed: () => boolean): Promise<boolean> => {
  let copy = from;
  for (;;) {
    const page = await hub.page({ limit: 10, ...(copy.cursor === undefined ? {} : { after: copy.cursor }) });
    if (killed()) return false;
    const records = new Map(copy.records);
    for (const { op, citizen, id, record } of page.entries)
      if (op === 'removed') records.delete(`${citizen} ${id}`);
      else records.set(`${citizen} ${id}`, JSON.stringify(record));
    copy = { records, cursor: page.cursor };
    store(copy);
    if (!page.more) return true;
  }
};

const granted = (person: Person): Promise<unknown> =>
  hub.world.say(person, 'grant', 'consumer:borgerportal', { domains: ['employment'] });

const change = async (): Promise<void> => {
  const person = somebody();
  const what = randomInt(10);
  if (what < 5)
    await hub.world.record({ citizens: [person], domain: chance(70) ? 'employment' : 'social', source: 'momentum' });
  else if (what < 7) await granted(person);
  else if (what < 8)
    await database.pool().query('update consent set withdrawn = true where citizen_id = $1', [person.id]);
  else
    await database
      .pool()
      .query(
        'update record_version set valid_to = now() where record_id in (select record_id from record_version where citizen_id = $1 limit 1)',
        [person.id],
      );
  await hub.look(person.id);
};

it('ends with exactly what it may see', async () => {
  let copy: Copy = { records: new Map(), cursor: undefined };
  let [calls, lost] = [0, 0];
  hub.receiver.answer = (response) => {
    calls += 1;
    if (chance(30)) {
      lost += 1;
      response.destroy();
      return;
    }
    const store = (now: Copy): void => {
      copy = now;
    };
    // Who is killed does not answer.
    void read(copy, store, () => chance(5)).then((done) => (done ? response.writeHead(204).end() : response.destroy()));
  };
  await hub.subscribed();
  [calls, lost] = [0, 0];
  for (let n = 0; n < 80; n += 1) {
    await change();
    await hub.scan();
    await hub.send();
    hub.pass(4 * 60_000);
  }
  // Chance may have hidden almost everything by now: whatever it did, there is something to see in the end.
  for (const person of people) {
    await granted(person);
    await hub.world.record({ citizens: [person], domain: 'employment', source: 'momentum' });
    await hub.look(person.id);
  }
  for (let n = 0; n < 30; n += 1) {
    hub.pass(3 * 3_600_000);
    await hub.send();
    await hub.scan();
  }
  expect(calls).toBeGreaterThan(10);
  expect(lost).toBeGreaterThan(0);
  let whole: Copy = { records: new Map(), cursor: undefined };
  await read(
    whole,
    (now) => {
      whole = now;
    },
    () => false,
  );
  const sorted = ({ records }: Copy) => [...records].sort();
  expect(sorted(copy)).toEqual(sorted(whole));
  expect(whole.records.size).toBeGreaterThanOrEqual(people.length);
});
