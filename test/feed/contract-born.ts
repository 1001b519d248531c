// What the contract test says in the hub before it asks: one comment, agreement, request, meeting and coordinating contact of
// the citizen it asks about, so that there is something to change, answer, journalise and take away.
import type { Pool } from './contract-values.ts';
import type { Hub, Person } from './fixture.ts';

const scope = 'plan.read comments.write';

/** @param record one of the citizen's that `caseworker-employment` sees as the own journal */
export const sayAll = async (hub: Hub, pool: Pool, { id: citizen }: Person, record: string): Promise<void> => {
  const at = `/v1/citizens/${citizen}`;
  const say = async (persona: 'citizen' | 'caseworker-employment', noun: string, body: object): Promise<void> => {
    const request = { method: 'POST', url: `${at}/${noun}s`, payload: body } as const;
    const answer = await hub.ask(persona, request, {
      claims: { scope },
      ...(persona === 'citizen' ? { citizen } : {}),
    });
    pool.put(`/v1/citizens/{id}/${noun}s/{${noun}}`, answer.json().id);
  };
  await say('citizen', 'comment', { text: 'Hvornår hører jeg fra jer?', about: record });
  await say('caseworker-employment', 'agreement', { text: 'Virksomhedsbesøg', responsible: 'Jobcenteret' });
  await say('citizen', 'rating', { influence: 4, cooperation: 3, direction: 4 });
  const asks = { what: 'To timer mere om ugen', why: 'Transporten tager tiden', about: record };
  pool.put('/v1/citizens/{id}/requests body', JSON.stringify(asks));
  await say('caseworker-employment', 'request', asks);
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  const participants = [{ name: 'Trine Krogh', recipient: 'unit:social' }];
  const convened = { title: 'Netværksmøde', start: inDays(20), end: inDays(20.1), participants };
  pool.put('/v1/citizens/{id}/meetings body', JSON.stringify({ ...convened, agenda: [{ text: 'Planen', record }] }));
  pool.put('/v1/citizens/{id}/meetings/{meeting} body', JSON.stringify({ start: inDays(21), end: inDays(21.1) }));
  await say('caseworker-employment', 'meeting', convened);
  const appointed = { method: 'POST', url: `${at}/coordinator`, payload: { person: 'x', name: 'Hanne Toft' } } as const;
  const contact = await hub.ask('caseworker-employment', appointed, { claims: { scope } });
  pool.put('/v1/citizens/{id}/coordinator/{contact}', contact.json().id);
  const waiting = await hub.ask('caseworker-employment', '/v1/journalising?limit=1000', { claims: { scope } });
  pool.put('/v1/journalising/{id}', waiting.json().items.at(-1)?.id);
};
