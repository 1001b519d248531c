// What is news to a reader and what is not: only what they see wakes them, whatever else happens around it, in whatever
// state their own reading is.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWebhookNews } from '../../src/feed/webhook-news.ts';
import { feedSettings } from '../../src/http/settings.ts';
import { pruneChanges } from '../../src/store/change-log.ts';
import type { Person } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { config, createWebhookHub, emptied, type Shown, type WebhookHub } from './hub.ts';

const database = useDatabase();
let hub: WebhookHub;
let [anna, bo]: Person[] = [];
let plan: string;
let number = 0;

const person = (): Promise<Person> => {
  number += 1;
  return hub.world.person(`${String((number % 27) + 2).padStart(2, '0')}02703333`);
};
const open = async (): Promise<void> => {
  [anna, bo] = [await person(), await person()];
  await hub.world.say(them(anna), 'grant', 'consumer:borgerportal', { domains: ['employment'] });
  plan = await hub.world.record({ citizens: [them(anna)] });
};
const them = (one: Person | undefined): Person => {
  if (one === undefined) throw new Error('nobody');
  return one;
};

beforeEach(async () => {
  await emptied(database.pool());
  hub = await createWebhookHub(database.pool());
  await open();
});
afterEach(() => hub.receiver.close());

/** Much that this reader may not see, about the citizen they know and others. */
const rustle = async (): Promise<void> => {
  await hub.world.record({ citizens: [them(anna)], domain: 'social', source: 'sensum' });
  await hub.world.record({ citizens: [them(anna)], sensitivity: 'sensitive' });
  await hub.world.record({ citizens: [them(bo)] });
  await hub.world.say(them(anna), 'grant', 'role:nurse', { domains: ['social'] });
  await hub.world.say(them(bo), 'refuse', 'consumer:borgerportal');
  const hidden = await hub.world.record({ citizens: [them(anna)], domain: 'social', source: 'sensum' });
  await hub.world.link(plan, 'about', hidden);
  await hub.look(them(anna).id, them(bo).id);
};
const quiet = async (): Promise<void> => {
  await rustle();
  expect(await hub.scan()).toBe(0);
  hub.pass(60_000);
  expect(await hub.send()).toBe(0);
};
const heard = async (): Promise<void> => {
  expect(await hub.scan()).toBe(1);
  hub.pass(60_000);
  expect(await hub.send()).toBe(1);
};

describe('what stays hidden', () => {
  it('wakes nobody who has read nothing yet, though everything is still to be read', async () => {
    await hub.subscribed();
    await quiet();
  });

  it('wakes nobody whose snapshot is half read', async () => {
    for (let n = 0; n < 3; n += 1) await hub.world.record({ citizens: [them(anna)] });
    await hub.subscribed();
    const { cursor } = await hub.page({ limit: 2 });
    await hub.page({ after: cursor, limit: 2 });
    await quiet();
  });

  it('wakes nobody who has read everything, and nobody who was told and has not read', async () => {
    await hub.subscribed();
    await hub.snapshot();
    await quiet();
    await hub.world.record({ citizens: [them(anna)] });
    await heard();
    await quiet();
  });

  it('tells nothing by when the first hint comes', async () => {
    await rustle();
    await hub.subscribe();
    await hub.send();
    expect([await hub.scan(), await hub.send()]).toEqual([1, 1]);
    expect(hub.receiver.hints()).toHaveLength(1);
  });
});

describe('a network meeting', () => {
  const meeting = {
    title: 'Netværksmøde',
    start: new Date(Date.now() + 864_000_000).toISOString(),
    end: new Date(Date.now() + 867_600_000).toISOString(),
    participants: [{ name: 'Bente Winther', recipient: 'person:egevang-bewi' }],
  };
  const post = async (persona: 'caseworker-employment' | 'citizen', path: string, payload: object) => {
    const citizen = them(anna).id;
    const request = { method: 'POST', url: `/v1/citizens/${citizen}/${path}`, payload } as const;
    const own = persona === 'citizen' ? { citizen } : {};
    const answer = await hub.ask(persona, request, { claims: { scope: 'comments.write consents.write' }, ...own });
    expect(answer.statusCode, answer.body).toBeLessThan(300);
    return answer.json();
  };

  it('wakes who sees it: convened, answered, called off; nobody else', async () => {
    await hub.world.unit('jobcenter', null);
    await hub.world.record({ citizens: [them(anna)], ownerUnit: 'jobcenter' });
    await hub.subscribed();
    await hub.snapshot();
    const { id } = await post('caseworker-employment', 'meetings', meeting);
    await post('citizen', `meetings/${id}/answer`, { answer: 'accepted' });
    await quiet();
    const seen = { domains: ['shared'], upTo: 'confidential' };
    await hub.world.say(them(anna), 'grant', 'consumer:borgerportal', seen);
    await heard();
    await hub.snapshot();
    await post('caseworker-employment', `meetings/${id}`, { status: 'cancelled' });
    await heard();
  });
});

describe('what is seen', () => {
  it('is heard of: what comes, what goes, and what is given', async () => {
    await hub.subscribed();
    await hub.world.record({ citizens: [them(anna)] });
    await heard();
    await database.pool().query(`update record_version set valid_to = now() where record_id = $1`, [plan]);
    await hub.look(them(anna).id);
    await heard();
    await hub.world.say(them(bo), 'grant', 'consumer:borgerportal', { domains: ['employment'] });
    await hub.world.record({ citizens: [them(bo)] });
    await heard();
  });

  it('goes with a withdrawal: heard of at once', async () => {
    await hub.subscribed();
    await hub.snapshot();
    await database.pool().query('update consent set withdrawn = true where citizen_id = $1', [them(anna).id]);
    await hub.world.say(them(anna), 'refuse', 'consumer:borgerportal');
    await heard();
    await quiet();
  });

  it('is looked at anew when the log no longer reaches back, and then there is one hint', async () => {
    await hub.subscribed();
    await database.pool().query(`update change set at = now() - interval '100 days'`);
    await rustle();
    await database.pool().query(`update change set at = now() - interval '100 days'`);
    await pruneChanges(database.pool(), 90 * 86_400_000);
    expect(await hub.scan()).toBe(1);
    hub.pass(60_000);
    await hub.send();
    await quiet();
  });

  it('is nothing any more for who may not ask for changes, or not for that purpose', async () => {
    const [consumer] = config.consumers;
    if (consumer === undefined) throw new Error('no consumer');
    for (const less of [{ copies: false }, { scopes: ['plan.read'] }, { purposes: ['follow-up'] }] as const) {
      const one = await hub.subscribed();
      await hub.world.record({ citizens: [them(anna)] });
      const settings = feedSettings({ ...config, consumers: [{ ...consumer, ...less } as typeof consumer] }, {});
      expect(await createWebhookNews({ ...hub.deps, settings }).look(one.id)).toEqual({ hinted: false, more: false });
      expect(await hub.shown(one.id)).toMatchObject({ state: 'disabled', reason: 'unregistered' });
      await database.pool().query('delete from webhook');
    }
  });

  it('is nothing any more for who is not registered', async () => {
    const one: Shown = await hub.subscribed();
    await database.pool().query(`update webhook set consumer = 'another'`);
    await hub.world.record({ citizens: [them(anna)] });
    expect(await hub.scan()).toBe(0);
    const { rows } = await database.pool().query('select state, reason from webhook where id = $1', [one.id]);
    expect(rows).toEqual([{ state: 'disabled', reason: 'unregistered' }]);
  });
});
