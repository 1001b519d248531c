// Generated worlds, one after another, in which things happen that a webhook's reader sees or does not see: there is a hint
// for exactly those after which what they may read has changed. The engine itself says what they may read.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { visibleRecords } from '../../src/consent/decide.ts';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { createWebhookHub, emptied, type WebhookHub } from '../webhooks/hub.ts';

const database = useDatabase();
let hub: WebhookHub;
let people: readonly Person[];

beforeAll(async () => {
  await emptied(database.pool());
  hub = await createWebhookHub(database.pool(), 0);
  const made: Person[] = [];
  for (const cpr of ['0202703333', '0302703333', '0402703333']) made.push(await hub.world.person(cpr));
  people = made;
});
afterAll(() => hub.receiver.close());

const actor = {
  kind: 'consumer-system',
  person: 'egevang-borgerportal',
  role: 'consumer-system',
  organisation: 'egevang-borgerportal',
  unit: 'egevang-borgerportal',
  sector: 'public',
  consumer: 'borgerportal',
  purpose: 'coordinated-plan',
  scopes: ['changes.read'],
} as const;

/** What the reader may read, as text that is equal when nothing has changed for them. */
const sight = async (): Promise<string> => {
  const citizens = people.map((person) => person.id);
  const seen = await visibleRecords(database.pool(), actor, { citizens });
  const ids = seen
    .filter((one) => one.show === 'content')
    .map((one) => `${one.citizenId} ${one.recordId} ${one.stripped}`);
  return ids.sort().join('\n');
};

const domains = ['employment', 'social', 'health'] as const;
const event = fc.record({
  what: fc.constantFrom('record', 'record', 'record', 'grant', 'grant', 'refuse', 'withdraw', 'look', 'nurse'),
  who: fc.nat({ max: 2 }),
  domain: fc.constantFrom(...domains),
  sensitivity: fc.constantFrom('normal', 'confidential', 'sensitive'),
  read: fc.constantFrom('nothing', 'page', 'everything'),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const happen = async ({ what, who, domain, sensitivity }: Event): Promise<void> => {
  const person = people[who] as Person;
  if (what === 'record') await hub.world.record({ citizens: [person], domain, sensitivity });
  else if (what === 'grant')
    await hub.world.say(person, 'grant', 'consumer:borgerportal', { domains: [domain], upTo: 'confidential' });
  else if (what === 'refuse') await hub.world.say(person, 'refuse', 'consumer:borgerportal', { domains: [domain] });
  else if (what === 'nurse') await hub.world.say(person, 'grant', 'role:nurse', { domains: [domain] });
  else if (what === 'withdraw')
    await database.pool().query('update consent set withdrawn = true where citizen_id = $1', [person.id]);
  await hub.look(person.id);
};

/** The consumer reads as it likes: what it has read has no part in what is news. */
const read = async (how: Event['read']): Promise<void> => {
  if (how === 'everything') await hub.snapshot();
  else if (how === 'page') await hub.page({ limit: 1 });
};

it('there is a hint when what the reader sees has changed, and never otherwise', async () => {
  let [heard, hidden] = [0, 0];
  await hub.subscribed();
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 8 }), async (events) => {
      for (const one of events) {
        await read(one.read);
        const before = await sight();
        await happen(one);
        const changed = (await sight()) !== before;
        expect(await hub.scan(), JSON.stringify(one)).toBe(changed ? 1 : 0);
        expect(await hub.send()).toBe(changed ? 1 : 0);
        if (changed) heard += 1;
        else hidden += 1;
      }
    }),
    { numRuns: Number(process.env['SAMSPIL_HIDDEN_RUNS'] ?? 30), endOnFailure: true },
  );
  expect(heard).toBeGreaterThan(5);
  expect(hidden).toBeGreaterThan(10);
});
