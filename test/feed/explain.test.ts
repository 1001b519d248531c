// Why, from the very decision: told in full to citizen and DPO, carefully to staff; and what somebody could see at an
// instant is what they were in fact shown at it.
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, personaNamed } from './fixture.ts';

interface Answer {
  readonly decisions: readonly { record: string; rule: number; show: string; text: string; basis?: string }[];
  readonly more: boolean;
  readonly next?: string;
}

const database = useDatabase();
let hub: Hub;
let maja: Person;
let goal: string;
const social = personaNamed('caseworker-social');
const asSocial = `reader=${social.person}&sector=public&domain=social`;

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  goal = await hub.world.record({ citizens: [maja], kind: 'goal', ownerUnit: 'jobcenter' });
  await hub.world.record({ citizens: [maja], kind: 'plan', ownerUnit: 'jobcenter', withheld: true });
  await hub.world.record({ citizens: [maja], kind: 'plan', domain: 'social', source: 'sensum', ownerUnit: 'social' });
});

const ask = (query: string, persona: Parameters<Hub['ask']>[0] = 'citizen') =>
  hub.ask(persona, `/v1/citizens/${maja.id}/explain?${query}`, persona === 'citizen' ? { citizen: maja.id } : {});
const about = async (query: string, persona?: Parameters<Hub['ask']>[0]): Promise<Answer> =>
  (await ask(query, persona)).json();
const asCitizen = (url: string, payload: object) =>
  hub.ask('citizen', { method: 'POST', url, payload }, { citizen: maja.id });
const shownTo = async (): Promise<readonly string[]> => {
  const plan = (await hub.ask('caseworker-social', `/v1/citizens/${maja.id}/plan`)).json();
  return ['plans', 'goals', 'interventions']
    .flatMap((list) => plan[list].map(({ id }: { id: string }) => id))
    .toSorted();
};

describe('explain', () => {
  it('tells the citizen why a reader does not see a record, and after a consent why they do', async () => {
    await shownTo();
    const before = await about(`${asSocial}&record=${goal}`);
    expect(before.decisions).toMatchObject([
      { rule: 7, show: 'hidden', text: 'Vises ikke. Ingen regel viser oplysningen til læseren.' },
    ]);
    const given = await asCitizen(`/v1/citizens/${maja.id}/consents`, {
      decision: 'grant',
      recipient: 'unit:social',
      domains: ['employment'],
    });
    const { id } = given.json();
    const after = await about(`${asSocial}&record=${goal}`);
    expect(after.decisions).toMatchObject([{ rule: 6, show: 'content', basis: `consent:${id}:1` }]);
    expect(after.decisions[0]?.text).toContain(`Samtykke ${id}, version 1.`);
    await asCitizen(`/v1/consents/${id}/withdraw`, {});
    expect((await about(`${asSocial}&record=${goal}`)).decisions).toMatchObject([{ rule: 7 }]);
  });

  it('tells the citizen of what they see themselves, the DPO of everything, in pages', async () => {
    expect((await about(asSocial)).decisions).toHaveLength(2);
    expect((await about(asSocial, 'dpo')).decisions).toHaveLength(3);
    const first = await about(`${asSocial}&limit=2`, 'dpo');
    expect([first.decisions.length, first.more]).toEqual([2, true]);
    expect((await about(`${asSocial}&limit=2&after=${first.next}`, 'dpo')).decisions).toHaveLength(1);
  });

  it('tells staff of what they see and no more, with the same note whatever is hidden', async () => {
    const own = await ask('', 'caseworker-social');
    expect(own.json()).toMatchObject({
      note: expect.stringContaining('Spørg borgeren'),
      decisions: [{ rule: 2, show: 'content' }],
    });
    expect((await ask(asSocial, 'caseworker-social')).statusCode).toBe(403);
    expect((await ask('at=2026-01-01T00:00:00Z', 'caseworker-social')).statusCode).toBe(403);
    expect((await ask('', 'nurse-health')).statusCode).toBe(404);
  });

  it('refuses what it cannot answer', async () => {
    for (const [query, path] of [
      ['', 'reader'],
      ['reader=nobody-we-know', 'reader'],
      [`${asSocial}&at=2126-01-01T00:00:00Z`, 'at'],
      [`${asSocial}&at=yesterday`, 'at'],
      [`${asSocial.replace('sector=public', 'sector=x')}`, 'sector'],
      [`${asSocial}&record=7`, 'record'],
    ])
      expect((await ask(query ?? '')).json().errors[0].path).toBe(path);
  });
});

it('what a reader could see at an instant is what they were shown at it', async () => {
  const shown: { at: string; records: readonly string[] }[] = [];
  const consents: string[] = [];
  const steps = [
    async () => {
      const kinds = [['goal'], ['plan'], undefined][shown.length % 3];
      const body = {
        decision: shown.length % 4 === 3 ? 'refuse' : 'grant',
        recipient: 'unit:social',
        ...(kinds === undefined ? {} : { kinds }),
      };
      consents.push((await asCitizen(`/v1/citizens/${maja.id}/consents`, body)).json().id);
    },
    async () => {
      const id = consents.splice(shown.length % Math.max(1, consents.length), 1)[0];
      if (id !== undefined) await asCitizen(`/v1/consents/${id}/withdraw`, {});
    },
    async () => {
      const id = await hub.world.record({
        citizens: [maja],
        kind: 'goal',
        ownerUnit: shown.length % 2 === 0 ? 'jobcenter' : 'social',
        sensitivity: ['normal', 'confidential'][shown.length % 2] ?? 'normal',
      });
      // The world's records have been there since yesterday; this one comes now.
      await database
        .pool()
        .query('update record_version set valid_from = clock_timestamp() where record_id = $1', [id]);
      await database
        .pool()
        .query('select append_changes($1::uuid[], $2::uuid[], $3::text[])', [[maja.id], [null], ['look']]);
    },
  ];
  for (const n of [0, 2, 0, 1, 0, 2, 1, 0, 0, 1, 2, 1, 0, 1, 1]) {
    await steps[n]?.();
    const records = await shownTo();
    const { rows } = await database.pool().query<{ at: Date }>('select clock_timestamp() as at');
    // The instant is passed on in milliseconds: the next step must lie after it.
    const at = new Date((rows[0]?.at.getTime() ?? 0) + 1);
    await database.pool().query('select pg_sleep_until($1)', [new Date(at.getTime() + 1)]);
    shown.push({ at: at.toISOString(), records });
  }
  expect(new Set(shown.map(({ records }) => records.join())).size).toBeGreaterThan(5);
  for (const { at, records } of shown) {
    const { decisions } = await about(`${asSocial}&at=${at}&limit=1000`, 'dpo');
    expect(
      decisions
        .filter(({ show }) => show === 'content')
        .map(({ record }) => record)
        .toSorted(),
    ).toEqual(records);
  }
});
