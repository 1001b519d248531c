// Who sees what, and what a word would change before it is said: as the engine decides, told to the citizen and nobody else,
// and nothing of it stays.
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, personaNamed } from './fixture.ts';

interface Change {
  readonly domain: string;
  readonly kind: string;
  readonly show: string;
  readonly count: number;
  readonly records: readonly string[];
}
interface Shown {
  readonly recipient: string;
  readonly name?: string;
  readonly because: readonly string[];
  readonly cells: readonly { domain: string; kind: string; rule: number; show: string; count: number }[];
  readonly gains: readonly Change[];
  readonly loses: readonly Change[];
}

const database = useDatabase();
let hub: Hub;
let maja: Person;
let goals: readonly string[];
const social = `person:${personaNamed('caseworker-social').person}`;

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  await hub.world.unit('egevang', null, 'organisation');
  for (const unit of ['jobcenter', 'social']) await hub.world.unit(unit, 'egevang');
  await hub.world.unit('job-voksen', 'jobcenter');
  maja = await hub.world.person('0102703333');
  const goal = (fields: object) =>
    hub.world.record({ citizens: [maja], kind: 'goal', ownerUnit: 'job-voksen', ...fields });
  goals = [await goal({}), await goal({})].toSorted();
  await goal({ sensitivity: 'confidential' });
  await goal({ withheld: true });
  await hub.world.record({ citizens: [maja], domain: 'social', source: 'sensum', ownerUnit: 'social' });
  await hub.world.say(maja, 'grant', 'consumer:borgerportal', { domains: ['employment'] });
});

const at = (path: string): string => `/v1/citizens/${maja.id}${path}`;
const ask = (path: string, payload?: object, persona: Parameters<Hub['ask']>[0] = 'citizen') =>
  hub.ask(
    persona,
    payload === undefined ? at(path) : { method: 'POST', url: at(path), payload },
    persona === 'citizen' ? { citizen: maja.id } : {},
  );
const sharing = async (): Promise<readonly Shown[]> => (await ask('/sharing')).json().readers;
const preview = async (acts: object): Promise<readonly Shown[]> =>
  (await ask('/consents/preview', acts)).json().readers;
const cellsOf = async (recipient: string): Promise<Shown['cells']> =>
  (await sharing()).find((one) => one.recipient === recipient)?.cells ?? [];

describe('who sees what', () => {
  it('tells of journals under the unit that is above them, of what was granted, and of no withheld record', async () => {
    const readers = await sharing();
    expect(readers.map(({ recipient, because }) => [recipient, because]).toSorted()).toEqual([
      ['consumer:borgerportal', ['said']],
      ['unit:jobcenter', ['journal']],
      ['unit:social', ['journal']],
    ]);
    expect(await cellsOf('unit:jobcenter')).toEqual(
      expect.arrayContaining([
        { domain: 'employment', kind: 'goal', rule: 2, show: 'content', count: 3 },
        { domain: 'social', kind: 'plan', rule: 7, show: 'hidden', count: 1 },
      ]),
    );
    expect(await cellsOf('consumer:borgerportal')).toEqual(
      expect.arrayContaining([
        { domain: 'employment', kind: 'goal', rule: 6, show: 'content', count: 2 },
        { domain: 'employment', kind: 'goal', rule: 7, show: 'hidden', count: 1 },
      ]),
    );
  });

  it('says of an organisation’s own journal that it is read by who is at its top', async () => {
    const freja = await hub.world.person('1507153333');
    await hub.world.record({ citizens: [freja], ownerUnit: 'egevang' });
    const answer = await hub.ask('citizen', `/v1/citizens/${freja.id}/sharing`, { citizen: freja.id });
    expect(answer.json().readers).toMatchObject([{ recipient: 'unit:egevang', because: ['journal'], whole: true }]);
  });

  it('is what the reader is in fact shown', async () => {
    const plan = (await hub.ask('caseworker-social', at('/plan'))).json();
    const counted = (await cellsOf('unit:social')).filter(({ show }) => show === 'content');
    expect(counted).toEqual([{ domain: 'social', kind: 'plan', rule: 2, show: 'content', count: plan.plans.length }]);
  });
});

it('does not tell of another person’s word about a record they share', async () => {
  const [one, other] = [await hub.world.person('0506703333'), await hub.world.person('0706703333')];
  await hub.world.record({ citizens: [one, other], kind: 'goal' });
  await hub.world.say(one, 'grant', 'unit:social', {});
  const cells = async () =>
    (await hub.ask('citizen', `/v1/citizens/${one.id}/sharing`, { citizen: one.id })).json().readers[0].cells;
  expect(await cells()).toMatchObject([{ kind: 'goal', rule: 6, show: 'content', count: 1 }]);
  await hub.world.say(other, 'grant', 'unit:social', {});
  await hub.world.say(other, 'refuse', 'unit:social', {});
  expect(await cells()).toMatchObject([{ kind: 'goal', rule: 6, show: 'content', count: 1 }]);
});

describe('before it is said', () => {
  it('a grant is tried out on its recipient, and nothing of it stays', async () => {
    const say = [{ decision: 'grant', recipient: social, domains: ['employment'] }];
    expect(await preview({ say })).toMatchObject([
      {
        recipient: social,
        gains: [{ domain: 'employment', kind: 'goal', show: 'content', count: 2, records: goals }],
        loses: [],
      },
    ]);
    expect((await ask('/consents')).json().consents).toHaveLength(1);
    expect((await sharing()).map(({ recipient }) => recipient)).not.toContain(social);
    const further = await preview({ say: [{ ...say[0], upTo: 'confidential' }] });
    expect(further[0]?.gains[0]?.count).toBe(3);
  });

  it('whoever asks is among those who may come to see, by the name they gave', async () => {
    const asked = { for: 'person', name: 'Trine Krogh', domains: ['employment'], why: 'Vi planlægger sammen' };
    expect((await ask('/consent-proposals', asked, 'caseworker-social')).statusCode).toBe(201);
    expect((await sharing()).find(({ recipient }) => recipient === social)).toMatchObject({
      because: ['asked'],
      name: 'Trine Krogh',
    });
    const [{ id }] = (await ask('/consent-proposals')).json().proposals;
    await ask(`/consent-proposals/${id}/dismiss`, {});
  });

  it('a grant for one purpose is counted, whatever the question is asked for', async () => {
    const say = [{ decision: 'grant', recipient: social, domains: ['employment'], purposes: ['follow-up'] }];
    expect((await preview({ say }))[0]?.gains[0]?.count).toBe(2);
  });

  it('a refusal takes from everybody it reaches but whose journal it is; a withdrawal takes what was given', async () => {
    const refused = await preview({ say: [{ decision: 'refuse', domains: ['employment'] }] });
    expect(refused.map(({ recipient, loses }) => [recipient, loses[0]?.count])).toEqual([['consumer:borgerportal', 2]]);
    const [consent] = (await ask('/consents')).json().consents;
    const withdrawn = await preview({ withdraw: [consent.id] });
    expect(withdrawn).toMatchObject([{ recipient: 'consumer:borgerportal', gains: [], loses: [{ show: 'hidden' }] }]);
    expect(await preview({ withdraw: [consent.id], say: [{ ...consentOf(consent) }] })).toEqual([]);
  });

  it('says what saying it would: the field at fault, and 404 for a consent of nobody', async () => {
    const [invalid, none] = [
      await ask('/consents/preview', { say: [{ decision: 'grant' }] }),
      await ask('/consents/preview', { withdraw: [maja.id] }),
    ];
    expect([invalid.statusCode, invalid.json().errors[0].path, none.statusCode]).toEqual([400, 'say.0.recipient', 404]);
  });

  it('is for the citizen: nobody else is told who sees what', async () => {
    const say = { say: [{ decision: 'refuse', evidence: 'Journal 1' }] };
    expect((await ask('/sharing', undefined, 'dpo')).statusCode).toBe(200);
    expect((await ask('/consents/preview', say, 'dpo')).statusCode).toBe(403);
    for (const persona of ['caseworker-social', 'caseworker-employment', 'nurse-health'] as const) {
      expect([persona, (await ask('/sharing', undefined, persona)).statusCode]).toEqual([persona, 403]);
      expect([persona, (await ask('/consents/preview', say, persona)).statusCode]).toEqual([persona, 403]);
    }
    const mother = await hub.world.person('0506703333');
    await hub.world.say(maja, 'grant', `person:${personaNamed('network-person').person}`, {});
    const claims = { scope: 'plan.read consents.write log.read' };
    const asMother = async (path: string) =>
      (await hub.ask('network-person', at(path), { citizen: mother.id, claims })).statusCode;
    expect([await asMother('/plan'), await asMother('/sharing')]).toEqual([200, 403]);
    expect([await asMother('/access-log'), await asMother('/access-log/export')]).toEqual([403, 403]);
    expect([await asMother('/explain'), await asMother('/explain?reader=x&unit=social')]).toEqual([200, 403]);
  });
});

const consentOf = ({ decision, recipient, domains }: Record<string, unknown>) => ({ decision, recipient, domains });

it('a professional whom a contact of the citizen names by id is told by the name the contact has', async () => {
  const hato = `person:${personaNamed('caseworker-employment').person}`;
  await hub.world.say(maja, 'grant', hato, { domains: ['social'] });
  const named = async (): Promise<string | undefined> =>
    (await sharing()).find(({ recipient }) => recipient === hato)?.name;
  expect(await named()).toBeUndefined();
  const contact = async (name: string, people: readonly string[], more: object = {}): Promise<void> => {
    const fields = { name, role: { code: 'a', display: 'A' }, professional: true };
    const one = { citizens: [maja], kind: 'contact', ownerUnit: 'job-voksen', fields, ...more };
    const id = await hub.world.record(one);
    await database.pool().query('update record_version set named = $2 where record_id = $1', [id, people]);
  };
  const id = hato.slice('person:'.length);
  await contact('Somebody else', [id, 'somebody']);
  await contact('Withheld', [id], { withheld: true });
  expect(await named()).toBeUndefined();
  await contact('Hanne Toft', [id]);
  expect(await named()).toBe('Hanne Toft');
});

it('who represents the citizen in one area is told of those it concerns, and of nobody else', async () => {
  const sister = '0304805555';
  const asSister = { cpr: sister, claims: { kind: 'representative' } };
  const given = { type: 'powerOfAttorney', cpr: sister, name: 'Min søster', domains: ['social'] };
  expect((await ask('/representations', given)).statusCode).toBe(201);
  await hub.world.say(maja, 'grant', 'person:of-health', { domains: ['health'] });
  await hub.world.say(maja, 'grant', 'person:of-social', { domains: ['social', 'health'] });
  await hub.world.say(maja, 'grant', 'person:of-all');
  await hub.world.say(maja, 'refuse', 'person:of-goals', { domains: ['employment'] });
  await hub.world.say(maja, 'grant', 'person:of-one', { record: goals[0] ?? '' });
  const told = async (options: object): Promise<readonly string[]> =>
    (await hub.ask('citizen', at('/sharing'), options))
      .json()
      .readers.map(({ recipient }: Shown) => recipient)
      .filter((recipient: string) => /^unit:|^person:of-|^consumer:/.test(recipient))
      .toSorted();
  expect(await told(asSister)).toEqual(['person:of-all', 'person:of-social', 'unit:social']);
  expect(await told({ citizen: maja.id })).toEqual(
    expect.arrayContaining([
      'consumer:borgerportal',
      'person:of-health',
      'person:of-goals',
      'person:of-one',
      'unit:jobcenter',
    ]),
  );
});
