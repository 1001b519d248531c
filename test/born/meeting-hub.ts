// What the meeting tests share: a hub with units, a citizen with a goal for each test, and somebody who convenes.
import type { Pool } from 'pg';
import { expect } from 'vitest';
import { createHub, type Hub, type Person, rememberingLog } from '../feed/fixture.ts';

export type Reader = Parameters<Hub['ask']>[0];
export const claims = { scope: 'plan.read calendar.read comments.write consents.write enrolments.write changes.read' };

export const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
export const nurse = { name: 'Bente Winther', role: 'sygeplejerske', recipient: 'person:egevang-bewi' };
export const provider = { name: 'Fonden Broen', recipient: 'organisation:fonden-broen' };

/** @param month of the numbers: each file's own */
export const createMeetingHub = async (pool: Pool, month: number) => {
  const log = rememberingLog();
  let ahead = 0;
  const hub = await createHub(pool, { accessLog: log, clock: { now: () => new Date(Date.now() + ahead) } });
  for (const unit of ['jobcenter', 'social', 'sundhed']) await hub.world.unit(unit, null);
  await hub.world.unit('fonden-broen', null, 'organisation');
  await hub.world.unit('broen-mentor', 'fonden-broen');
  let day = 0;
  let [anna, goal]: [Person | undefined, string] = [undefined, ''];
  const them = (): Person => {
    if (anna === undefined) throw new Error('nobody yet');
    return anna;
  };
  const as = (persona: Reader) => ({ claims, ...(persona === 'citizen' ? { citizen: them().id } : {}) });
  const at = (path: string): string => `/v1/citizens/${them().id}/${path}`;
  const get = (persona: Reader, path: string) => hub.ask(persona, at(path), as(persona));
  const post = (persona: Reader, path: string, payload: object = {}, headers = {}) =>
    hub.ask(persona, { method: 'POST', url: at(path), payload, headers }, as(persona));
  const meeting = () => ({
    title: 'Netværksmøde om praktik',
    start: inDays(10),
    end: inDays(10.05),
    format: 'inPerson',
    location: 'Lokale 4',
    participants: [{ name: 'Anna', role: 'borger' }, nurse, provider],
    agenda: [{ text: 'Målet om praktik', record: goal }, { text: 'Eventuelt' }],
  });
  const posted = async (status: number, persona: Reader, path: string, body: object) => {
    const answer = await post(persona, path, body);
    expect(answer.statusCode, answer.body).toBe(status);
    return answer.json();
  };
  return {
    hub,
    log,
    as,
    get,
    post,
    meeting,
    citizen: them,
    goal: (): string => goal,
    /** Time, in ms. */
    pass(ms: number): void {
      ahead += ms;
    },
    /** Another citizen. */
    async begin(): Promise<void> {
      const two = (n: number): string => String(n).padStart(2, '0');
      anna = await hub.world.person(`${two(1 + (day % 28))}${two(month)}${70 + Math.floor(day / 28)}3333`);
      day += 1;
      goal = await hub.world.record({ kind: 'goal', citizens: [anna], ownerUnit: 'jobcenter' });
    },
    convene: async (body: object = meeting()): Promise<string> =>
      (await posted(201, 'caseworker-employment', 'meetings', body)).id,
    answer: (id: string, answer: 'accepted' | 'declined') =>
      posted(200, 'citizen', `meetings/${id}/answer`, { answer }),
    change: (id: string, body: object, persona: Reader = 'caseworker-employment') =>
      posted(200, persona, `meetings/${id}`, body),
    /** Appointments and goals in the reader's plan, or the refusal. */
    async seenBy(persona: Reader): Promise<readonly string[] | number> {
      const plan = await get(persona, 'plan');
      if (plan.statusCode !== 200) return plan.statusCode;
      const { appointments, goals } = plan.json();
      return [...appointments, ...goals].map(({ id }: { id: string }) => id).sort();
    },
    proposals: async (persona: Reader = 'citizen') => (await get(persona, 'consent-proposals')).json().proposals,
    listed: async (persona: Reader) => (await get(persona, 'meetings')).json().meetings,
  };
};
export type MeetingHub = Awaited<ReturnType<typeof createMeetingHub>>;
