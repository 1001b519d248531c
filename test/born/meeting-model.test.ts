// What a participant sees of a meeting follows, whatever happens in whatever order, from a model of a few lines: a pair of
// participant and record is asked for, given or refused. And nobody who is not asked sees anything by it.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { createMeetingHub, inDays, type MeetingHub, nurse, provider } from './meeting-hub.ts';

const database = useDatabase();
let world: MeetingHub;
beforeAll(async () => {
  world = await createMeetingHub(database.pool(), 7);
});

const trine = { name: 'Trine Krogh', recipient: 'person:egevang-trkr' };
const people = [nurse, provider, trine];
const readers = ['nurse-health', 'private-provider', 'caseworker-social'] as const;

const subset = (n: number) => fc.subarray(Array.from({ length: n }, (_, place) => place));
const act = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'accept' as const }) },
  {
    weight: 2,
    arbitrary: subset(3)
      .filter((list) => list.length > 0)
      .map((list) => ({ do: 'people' as const, list })),
  },
  { weight: 2, arbitrary: subset(2).map((list) => ({ do: 'agenda' as const, list })) },
  { weight: 1, arbitrary: fc.nat(20).map((days) => ({ do: 'move' as const, days })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(2), fc.nat(2)).map(([who, what]) => ({ do: 'dismiss' as const, who, what })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(2), fc.nat(2)).map(([who, what]) => ({ do: 'withdraw' as const, who, what })),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'decline' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'cancel' as const }) },
);
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never;

/** Of each pair: is it asked for, given, refused for good? Both of the first may hold: given, and asked for longer. */
interface Pair {
  asked: boolean;
  given: boolean;
  refused: boolean;
  /** The last day that was said yes to. */
  until: number;
}

const createModel = () => {
  const pairs = new Map<string, Pair>();
  const pairOf = (who: number, what: number): Pair => {
    const key = `${who} ${what}`;
    const pair = pairs.get(key) ?? { asked: false, given: false, refused: false, until: 0 };
    pairs.set(key, pair);
    return pair;
  };
  const state = { people: [0, 1], agenda: [0], days: 0, over: false, answered: false };
  const each = (visit: (pair: Pair, wanted: boolean, what: number) => void): void => {
    for (const who of [0, 1, 2])
      for (const what of [0, 1, 2])
        visit(pairOf(who, what), state.people.includes(who) && (what === 0 || state.agenda.includes(what - 1)), what);
  };
  const ask = (): void => {
    let waits = false;
    each((pair, wanted) => {
      if (!wanted) Object.assign(pair, { asked: false, given: false });
      else if (!pair.refused) pair.asked = !(pair.given && pair.until >= state.days);
      waits ||= pair.asked;
    });
    if (waits) state.answered = false;
  };
  ask();
  return { state, pairOf, each, ask };
};

const isOpen = async (id: string, who: number, what: string): Promise<string | undefined> =>
  (await world.proposals()).find(
    (one: { meeting: string; recipient: string; record: string }) =>
      one.meeting === id && one.recipient === people[who]?.recipient && one.record === what,
  )?.id;

/** Does it to the hub and to the model. */
const perform = async (model: ReturnType<typeof createModel>, records: readonly string[], one: Act): Promise<void> => {
  const { state } = model;
  const [id = ''] = records;
  const change = async (body: object): Promise<void> => {
    const told = await world.post('caseworker-employment', `meetings/${id}`, body);
    expect(told.statusCode, told.body).toBe(state.over ? 409 : 200);
  };
  switch (one.do) {
    case 'people':
      await change({ participants: one.list.map((n) => people[n]) });
      if (!state.over) state.people = one.list;
      break;
    case 'agenda':
      await change({ agenda: one.list.map((n) => ({ text: `Punkt ${n}`, record: records[n + 1] })) });
      if (!state.over) state.agenda = one.list;
      break;
    case 'move':
      await change({ start: inDays(10 + one.days), end: inDays(10.01 + one.days) });
      if (!state.over) state.days = one.days;
      break;
    case 'cancel':
      await change({ status: 'cancelled' });
      if (!state.over)
        model.each((pair, _, what) => Object.assign(pair, { asked: false, given: what === 0 && pair.given }));
      state.over = true;
      return;
    case 'accept':
    case 'decline': {
      const answer = one.do === 'accept' ? 'accepted' : 'declined';
      const told = await world.post('citizen', `meetings/${id}/answer`, { answer });
      expect(told.statusCode).toBe(state.over || (one.do === 'accept' && state.answered) ? 409 : 200);
      if (told.statusCode === 409) return;
      model.each((pair) => {
        if (one.do === 'decline') Object.assign(pair, { refused: true, asked: false, given: false });
        else if (pair.asked) Object.assign(pair, { given: true, asked: false, until: state.days });
      });
      state.answered = one.do === 'accept';
      state.over ||= one.do === 'decline';
      return;
    }
    case 'dismiss': {
      const pair = model.pairOf(one.who, one.what);
      const open = await isOpen(id, one.who, records[one.what] ?? '');
      expect(open !== undefined).toBe(pair.asked);
      if (open === undefined) return;
      expect((await world.post('citizen', `consent-proposals/${open}/dismiss`)).statusCode).toBe(204);
      Object.assign(pair, { asked: false, refused: true });
      return;
    }
    default: {
      const { consents } = (await world.get('citizen', 'consents')).json();
      const newest = new Map<
        string,
        { readonly id: string; readonly withdrawn: boolean; readonly record?: string; readonly recipient?: string }
      >();
      for (const consent of consents.toReversed()) newest.set(consent.id, consent);
      const own = [...newest.values()].filter(
        ({ withdrawn, record, recipient }) =>
          !withdrawn && record === records[one.what] && recipient === people[one.who]?.recipient,
      );
      for (const consent of own) {
        const request = { method: 'POST', url: `/v1/consents/${consent.id}/withdraw`, payload: {} } as const;
        expect((await world.hub.ask('citizen', request, world.as('citizen'))).statusCode).toBe(200);
      }
      const pair = model.pairOf(one.who, one.what);
      expect(own.length > 0).toBe(pair.given);
      if (pair.given) Object.assign(pair, { given: false, refused: true });
      return;
    }
  }
  if (!state.over) model.ask();
};

/** Found here: what was dismissed came back with the record on the agenda. */
const forgetful: Act[] = [
  { do: 'dismiss', who: 1, what: 1 },
  { do: 'agenda', list: [] },
  { do: 'agenda', list: [0] },
  { do: 'accept' },
];

it('holds for every course of things', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 2, maxLength: 9 }), async (acts) => {
      await world.begin();
      const other = await world.hub.world.record({ kind: 'goal', citizens: [world.citizen()], ownerUnit: 'jobcenter' });
      const id = await world.convene({
        ...world.meeting(),
        participants: [nurse, provider],
        agenda: [{ text: 'Punkt 0', record: world.goal() }],
      });
      const records = [id, world.goal(), other];
      const model = createModel();
      for (const one of acts) await perform(model, records, one);
      for (const [who, reader] of readers.entries()) {
        const expected = records.filter((_, what) => model.pairOf(who, what).given).sort();
        expect(await world.seenBy(reader), `${reader} ${JSON.stringify(acts)}`).toEqual(
          expected.length === 0 ? 404 : expected,
        );
      }
      const [listed] = await world.listed('citizen');
      if (!model.state.over) expect(listed.answer).toBe(model.state.answered ? 'accepted' : 'proposed');
    }),
    { numRuns: Number(process.env['SAMSPIL_MEETING_RUNS'] ?? 20), examples: [[forgetful]] },
  );
}, 900_000);
