// Emergency access: for configured roles, an hour long, answered alike for every number, and read by citizen and DPO.
import { beforeAll, describe, expect, it } from 'vitest';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { useDatabase } from '../postgres.ts';
import { createHub, type Hub, type Person } from './fixture.ts';

const database = useDatabase();
const reason = 'Faldet hjemme, kan ikke svare';
let hub: Hub;
let maja: Person;

beforeAll(async () => {
  const keys = createKeyRing(newKeyMaterial());
  hub = await createHub(database.pool(), { keys, accessLog: createAccessLog(database.pool(), keys) });
  for (const unit of ['jobcenter', 'sundhed']) await hub.world.unit(unit, null);
  maja = await hub.world.person('0102703333');
  await hub.world.record({ citizens: [maja], kind: 'goal', ownerUnit: 'jobcenter' });
});

const take = (cpr: string, persona: Parameters<Hub['ask']>[0] = 'nurse-health', payload: object = { cpr, reason }) =>
  hub.ask(persona, { method: 'POST', url: '/v1/emergency-access', payload });
const plan = () => hub.ask('nurse-health', `/v1/citizens/${maja.id}/plan`);

describe('emergency access', () => {
  it('opens everything to the one who took it, for an hour, and the log says so', async () => {
    expect((await plan()).statusCode).toBe(404);
    expect((await take(maja.cpr)).statusCode).toBe(202);
    const lookup = { method: 'POST' as const, url: '/v1/citizens/lookup', payload: { cpr: maja.cpr } };
    expect((await hub.ask('nurse-health', lookup)).json()).toEqual({ id: maja.id });
    expect((await plan()).json().goals).toHaveLength(1);
    expect((await hub.ask('private-provider', `/v1/citizens/${maja.id}/plan`)).statusCode).toBe(404);
    const log = await hub.ask('citizen', `/v1/citizens/${maja.id}/access-log`, { citizen: maja.id });
    const texts = log
      .json()
      .entries.map(({ text }: { text: string }) => text)
      .join('\n');
    expect(texts).toContain('tog akut adgang til oplysninger om dig');
    expect(texts).toContain('Grundlag: akut adgang. Det var akut adgang.');
    await database
      .pool()
      .query(
        `update emergency_access set valid_from = valid_from - interval '2 hours', valid_to = valid_to - interval '2 hours'`,
      );
    await database
      .pool()
      .query('select append_changes($1::uuid[], $2::uuid[], $3::text[])', [[maja.id], [null], ['look']]);
    expect((await plan()).statusCode).toBe(404);
  });

  it('answers a number nobody knows as it answers one it knows, and keeps no reason in the clear', async () => {
    const [known, unknown] = [await take(maja.cpr), await take('0302703333')];
    expect([unknown.statusCode, unknown.body]).toEqual([known.statusCode, known.body]);
    const { rows } = await database.pool().query<{ text: string }>('select e::text as text from emergency_access e');
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain('Faldet');
  });

  it('is refused to other roles and without a reason that says something', async () => {
    expect((await take(maja.cpr, 'caseworker-employment')).statusCode).toBe(403);
    expect((await take(maja.cpr, 'nurse-health', { cpr: maja.cpr, reason: 'haster' })).json().errors[0].path).toBe(
      'reason',
    );
    expect((await take('050250')).statusCode).toBe(400);
  });

  it('is told to the citizen with staff masked, and to the DPO unmasked', async () => {
    const own = await hub.ask('citizen', `/v1/citizens/${maja.id}/emergency-access`, { citizen: maja.id });
    expect(own.json().accesses[0]).toMatchObject({ role: 'nurse', organisation: 'egevang', reason });
    expect(own.body).not.toContain('egevang-bewi');
    const all = await hub.ask('dpo', '/v1/emergency-access?limit=1');
    expect(all.json()).toMatchObject({ accesses: [{ citizen: maja.id, person: 'egevang-bewi', reason }], more: true });
    const rest = await hub.ask('dpo', `/v1/emergency-access?after=${all.json().next}`);
    expect(rest.json().accesses).toHaveLength(1);
    expect((await hub.ask('caseworker-employment', '/v1/emergency-access')).statusCode).toBe(403);
  });
});
