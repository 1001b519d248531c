// What tests of the typed client share: a hub behind `fetch` without a socket, citizens who change their minds, and who a
// consumer system is.
import type { InjectOptions } from 'fastify';
import type { Actor } from '../../src/consent/actor.ts';
import type { Pool } from '../../src/store/db.ts';
import type { ChangingWorld, Person } from '../changes/world.ts';
import type { Hub } from '../feed/fixture.ts';
import type { Random } from '../sandbox/world/random.ts';

export const consumer = 'borgerportal';

/** The consumer system of the sandbox's personas. */
export const readerOf = (id: string): Actor => ({
  kind: 'consumer-system',
  person: `egevang-${id}`,
  role: 'consumer-system',
  organisation: `egevang-${id}`,
  unit: `egevang-${id}`,
  sector: 'public',
  consumer: id,
  purpose: 'coordinated-plan',
  scopes: ['changes.read'],
});

/** `between` is called before a request leaves and after its answer came. */
export const overHub =
  (hub: Hub, between: () => void = () => {}): typeof fetch =>
  async (input, init) => {
    const url = new URL(String(input));
    between();
    const answer = await hub.app.inject({
      method: (init?.method ?? 'GET') as NonNullable<InjectOptions['method']>,
      url: `${url.pathname}${url.search}`,
      headers: init?.headers as Record<string, string>,
      ...(typeof init?.body === 'string' ? { payload: init.body } : {}),
    });
    between();
    const body = [204, 304].includes(answer.statusCode) ? null : answer.body;
    return new Response(body, { status: answer.statusCode, headers: answer.headers as Record<string, string> });
  };

const personIn = (people: readonly Person[], random: Random): Person => random.pick(people);

/** Something happens: a record comes, changes or goes, somebody grants, refuses, takes back, leaves or comes again. */
export const stir = async (world: ChangingWorld, people: readonly Person[], random: Random): Promise<void> => {
  const person = personIn(people, random);
  const at = [0, 0] as const;
  const slot = random.int(0, 11);
  const act = random.int(0, 19);
  if (act < 8)
    return world.write(at, (tx) =>
      world.saveAs(
        tx,
        {
          slot,
          people: [],
          sensitivity: random.pick(['normal', 'normal', 'confidential']),
          domain: random.pick(['employment', 'social']),
          text: random.int(0, 5),
          linkTo: random.pick([null, random.int(0, 11)]),
          encrypted: random.chance(0.3),
          secret: false,
          guarded: false,
        },
        random.chance(0.3) ? random.some(people, 2) : [person],
      ),
    );
  if (act === 8) return world.write(at, (tx) => world.remove(tx, slot));
  if (act < 15)
    return world.write(at, (tx) =>
      world.say(
        tx,
        {
          person: 0,
          decision: random.pick(['grant', 'grant', 'grant', 'refuse']),
          domains: random.pick([null, ['employment'], ['social']]),
          upTo: random.pick(['normal', 'confidential']),
          slot: random.chance(0.15) ? slot : null,
          startsIn: null,
          endsIn: null,
        },
        person,
      ),
    );
  if (act < 18) return world.write(at, (tx) => world.withdraw(tx, person));
  if (act === 18) return world.endEnrolment(person);
  await world.enrolPerson(person.cpr);
};

/** Deletions the consumer has not confirmed. */
export const owed = async (pool: Pool): Promise<number> => {
  const { rows } = await pool.query<{ owed: number }>(
    'select count(*)::int as owed from purge where confirmed_at is null',
  );
  return rows[0]?.owed ?? 0;
};
