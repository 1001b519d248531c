// A professional asks the citizen for consent: the citizen reads who asks and why, says so or does not, and nobody sees more
// until then. Who asked learns what became of it; nobody else learns that there was a question.
import { beforeAll, expect, it } from 'vitest';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person, rememberingLog } from './fixture.ts';

const database = useDatabase();
const accessLog = rememberingLog();
let hub: Hub;
let maja: Person;
const at = () => `/v1/citizens/${maja.id}/consent-proposals`;
type Who = Parameters<Hub['ask']>[0];
const ask = (who: Who, payload: object) => hub.ask(who, { method: 'POST', url: at(), payload });
const asOwn = () => ({ citizen: maja.id });
const goals = async (who: Who): Promise<number> =>
  (await hub.ask(who, `/v1/citizens/${maja.id}/plan`)).json().goals?.length ?? 0;

beforeAll(async () => {
  hub = await createHub(database.pool(), { accessLog });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  for (const [ownerUnit, domain] of [
    ['jobcenter', 'employment'],
    ['sundhed', 'health'],
  ] as const)
    await hub.world.record({ citizens: [maja], kind: 'goal', ownerUnit, domain });
});

it('is nothing until the citizen says so, and then a consent like any other', async () => {
  const why = 'For at planlægge praktikken sammen';
  const asked = await ask('nurse-health', { for: 'person', domains: ['employment'], name: 'Bente Winther', why });
  expect(asked.statusCode, asked.body).toBe(201);
  expect(await goals('nurse-health')).toBe(1);
  const [proposal] = (await hub.ask('citizen', at(), asOwn())).json().proposals;
  expect(proposal).toMatchObject({
    id: asked.json().id,
    recipient: 'person:egevang-bewi',
    domains: ['employment'],
    state: 'open',
    asked: { name: 'Bente Winther', why, mine: false },
  });
  expect(proposal.text).toMatch(/^Du bliver spurgt, om du giver lov til/);
  // A colleague who may record consents does not learn of it.
  expect((await hub.ask('caseworker-employment', at())).json().proposals).toEqual([]);
  const yes = { method: 'POST', url: `${at()}/${proposal.id}/confirm`, payload: {} } as const;
  expect((await hub.ask('citizen', yes, asOwn())).statusCode).toBe(201);
  expect(await goals('nurse-health')).toBe(2);
  expect((await hub.ask('nurse-health', at())).json().proposals).toMatchObject([
    { state: 'given', asked: { mine: true } },
  ]);
});

it('tells who asked that the citizen did not say so, and shows nobody more', async () => {
  const asked = await ask('caseworker-employment', { for: 'unit', domains: ['health'], why: 'Til mødet' });
  const no = { method: 'POST', url: `${at()}/${asked.json().id}/dismiss`, payload: {} } as const;
  expect((await hub.ask('citizen', no, asOwn())).statusCode).toBe(204);
  expect((await hub.ask('caseworker-employment', at())).json().proposals).toMatchObject([
    { state: 'closed', recipient: 'unit:jobcenter' },
  ]);
  expect(await goals('caseworker-employment')).toBe(1);
});

it('is not for those who do not see the citizen, nor for citizens, and not without end', async () => {
  const asking = { for: 'person', domains: ['health'], why: 'Til mødet' };
  expect((await ask('caseworker-social', asking)).statusCode).toBe(404);
  expect((await hub.ask('citizen', { method: 'POST', url: at(), payload: asking }, asOwn())).statusCode).toBe(403);
  expect((await ask('nurse-health', { ...asking, why: undefined })).json().errors[0].path).toBe('why');
  const answers = [];
  for (let n = 0; n < 6; n += 1) answers.push((await ask('nurse-health', asking)).statusCode);
  expect(answers).toEqual([201, 201, 201, 201, 201, 409]);
});

it('is taken back by whoever asked, and by nobody else, before it is answered; the citizen sees that it was', async () => {
  const asked = await ask('caseworker-employment', { for: 'person', domains: ['health'], why: 'Til mødet i maj' });
  const back = { method: 'POST', url: `${at()}/${asked.json().id}/withdraw`, payload: {} } as const;
  expect((await hub.ask('nurse-health', back)).statusCode).toBe(404);
  expect((await hub.ask('citizen', back, asOwn())).statusCode).toBe(403);
  expect((await hub.ask('caseworker-employment', back)).statusCode).toBe(204);
  expect((await hub.ask('caseworker-employment', back)).statusCode).toBe(409);
  expect((await hub.ask('caseworker-employment', at())).json().proposals[0]).toMatchObject({ state: 'takenBack' });
  const { proposals } = (await hub.ask('citizen', at(), asOwn())).json();
  const shown = proposals.find((one: { id: string }) => one.id === asked.json().id);
  expect(shown).toMatchObject({ state: 'takenBack', asked: { why: 'Til mødet i maj' } });
  const yes = { method: 'POST', url: `${at()}/${asked.json().id}/confirm`, payload: {} } as const;
  expect((await hub.ask('citizen', yes, asOwn())).statusCode).toBe(409);
  expect(await goals('caseworker-employment')).toBe(1);
  // Nothing of it counts as somebody who asks.
  const { readers } = (await hub.ask('citizen', `/v1/citizens/${maja.id}/sharing`, asOwn())).json();
  const hanne = readers.find((one: { recipient: string }) => one.recipient === 'person:egevang-hato');
  expect(hanne?.because ?? []).not.toContain('asked');
  const logged = accessLog.entries.filter(({ endpoint }) => endpoint.endsWith('/withdraw'));
  expect(logged.filter(({ decision }) => decision === 'allowed')).toMatchObject([
    { endpoint: 'POST /v1/citizens/:id/consent-proposals/:proposal/withdraw', actor: { person: 'egevang-hato' } },
  ]);
});

it('tells who asked that a yes was withdrawn', async () => {
  const { consents } = (await hub.ask('citizen', `/v1/citizens/${maja.id}/consents`, asOwn())).json();
  const given = consents.find((one: { recipient: string }) => one.recipient === 'person:egevang-bewi');
  const withdraw = { method: 'POST', url: `/v1/consents/${given.id}/withdraw`, payload: {} } as const;
  expect((await hub.ask('citizen', withdraw, asOwn())).statusCode).toBe(200);
  const states = (await hub.ask('nurse-health', at())).json().proposals.map(({ state }: { state: string }) => state);
  expect(states.filter((state: string) => state !== 'open')).toEqual(['ended']);
});

it('keeps sealed who asks and why', async () => {
  const { rows } = await database.pool().query<{ text: string }>('select p::text as text from consent_proposal p');
  expect(rows.length).toBeGreaterThan(3);
  for (const { text } of rows) expect(text).not.toMatch(/Bente|praktikken|Til mødet/);
});
