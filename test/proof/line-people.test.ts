// Two numbers become one citizen and part again, through the whole line: the former id answers 308 to who sees the
// citizen and 404 to everybody else; refusals of both hold; grants reach records of their own number only.
import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ParsedNumber, parseNumber } from '../../src/model/cpr.ts';
import { mergeCitizens, splitCitizen } from '../../src/store/people.ts';
import {
  anna,
  bo,
  carl,
  caseOf,
  changesOf,
  enrolToy,
  lastPosition,
  noData,
  person,
  type ToyData,
  task,
} from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { emptyLine, type Line, openLine } from './line-hub.ts';

const database = useDatabase();
let line: Line;
let data: ToyData;
beforeAll(async () => {
  line = await openLine(database);
});
beforeEach(async () => {
  await emptyLine(line);
  data = noData();
  data.person = [person('p1', anna, 'Anna And'), person('p2', bo, 'Anna And')];
  data.case = [caseOf('c1', [anna], 'Plan før'), caseOf('c2', [bo], 'Plan efter')];
  data.task = [task('t1', 'c1', 'Mentor før'), task('t2', 'c2', 'Mentor efter')];
});

const number = (text: string): ParsedNumber => {
  const parsed = parseNumber(text);
  if (parsed === undefined) throw new Error('not a number');
  return parsed;
};
const why = { reason: 'replacement number', actor: 'test' };
const grant = (recipient: string, more: object = {}) => ({
  decision: 'grant',
  recipient,
  domains: ['social'],
  ...more,
});
const everything = ['Mentor efter', 'Mentor før', 'Plan efter', 'Plan før'];

describe('a merge and its split', () => {
  it('keeps who may see what, and undoes itself', async () => {
    const former = await enrolToy(line.deps, anna);
    const current = await enrolToy(line.deps, bo);
    const source = line.source(data);
    await line.pull(source);
    await line.say(former.citizenId, grant('unit:jobcenter'));
    await line.say(current.citizenId, grant('person:egevang-bewi'));
    await line.say(current.citizenId, { decision: 'refuse', recipient: 'unit:jobcenter', kinds: ['intervention'] });
    const before = async (): Promise<void> => {
      expect(await line.titles('caseworker-employment', former.citizenId)).toEqual(['Mentor før', 'Plan før']);
      expect(await line.titles('caseworker-employment', current.citizenId)).toBe(404);
      expect(await line.titles('nurse-health', current.citizenId)).toEqual(['Mentor efter', 'Plan efter']);
      expect(await line.titles('nurse-health', former.citizenId)).toBe(404);
      expect(await line.titles('citizen', former.citizenId)).toEqual(['Mentor før', 'Plan før']);
      expect(await line.titles('citizen', current.citizenId)).toEqual(['Mentor efter', 'Plan efter']);
    };
    await before();
    await line.say(former.citizenId, grant('consumer:borgerportal'));
    const ofNumber = await line.follow();
    expect(new Set(ofNumber.values())).toEqual(new Set([former.citizenId]));

    const position = await lastPosition(database.pool());
    const numbers = { current: number(bo), former: number(anna) };
    const merged = await mergeCitizens(database.pool(), line.deps.keys, numbers, why);
    expect(merged).toEqual({ kept: current.citizenId, other: former.citizenId, merged: true });
    const told = await changesOf(database.pool(), position);
    for (const id of [former.citizenId, current.citizenId])
      expect(told.some((change) => change.citizen_id === id && change.op === 'look')).toBe(true);
    await line.pull(source);

    expect(await line.titles('citizen', current.citizenId)).toEqual(everything);
    expect(await line.titles('caseworker-social', current.citizenId)).toEqual(everything);
    // The grant reaches what came under its own number; the other number's refusal holds for all.
    expect(await line.titles('caseworker-employment', current.citizenId)).toEqual(['Plan før']);
    expect(await line.titles('nurse-health', current.citizenId)).toEqual(['Mentor efter', 'Plan efter']);
    for (const persona of ['caseworker-employment', 'nurse-health', 'caseworker-social'] as const) {
      const answer = await line.plan(persona, former.citizenId);
      expect([answer.statusCode, answer.headers.location]).toEqual([308, `/v1/citizens/${current.citizenId}/plan`]);
    }
    const stranger = await line.plan('private-provider', former.citizenId);
    expect([stranger.statusCode, stranger.body]).toEqual([
      404,
      (await line.plan('private-provider', randomUUID())).body,
    ]);
    for (const cpr of [anna, bo]) {
      const lookup = { method: 'POST', url: '/v1/citizens/lookup', payload: { cpr } } as const;
      expect((await line.feed.ask('caseworker-social', lookup)).json()).toEqual({ id: current.citizenId });
    }
    // A copy moves with the records its grant covers, to the id that lives on.
    expect(new Set((await line.follow()).values())).toEqual(new Set([current.citizenId]));
    // What is said now is said for both numbers.
    await line.say(current.citizenId, grant('unit:jobcenter', { kinds: ['plan'] }));
    expect(await line.titles('caseworker-employment', current.citizenId)).toEqual(['Plan efter', 'Plan før']);

    await splitCitizen(database.pool(), line.deps.keys, number(anna), why);
    await line.pull(source);
    expect(await line.titles('citizen', former.citizenId)).toEqual(['Mentor før', 'Plan før']);
    expect(await line.titles('citizen', current.citizenId)).toEqual(['Mentor efter', 'Plan efter']);
    expect(await line.titles('caseworker-employment', former.citizenId)).toEqual(['Mentor før', 'Plan før']);
    expect(await line.titles('nurse-health', current.citizenId)).toEqual(['Mentor efter', 'Plan efter']);
    expect(await line.titles('nurse-health', former.citizenId)).toBe(404);
    expect(await line.follow()).toEqual(ofNumber);
    const { rows } = await database.pool().query('select action, reason from merge_log order by id');
    expect(rows.map((row) => row.action)).toEqual(['merge', 'split']);
  });

  it('keeps a refusal said in between for both', async () => {
    const former = await enrolToy(line.deps, anna);
    const current = await enrolToy(line.deps, bo);
    const source = line.source(data);
    await line.pull(source);
    await line.say(former.citizenId, grant('unit:jobcenter'));
    await mergeCitizens(database.pool(), line.deps.keys, { current: number(bo), former: number(anna) }, why);
    const refusal = await line.say(current.citizenId, { decision: 'refuse', recipient: 'unit:jobcenter' });
    await splitCitizen(database.pool(), line.deps.keys, number(anna), why);
    expect(await line.titles('caseworker-employment', former.citizenId)).toBe(404);
    expect(await line.titles('caseworker-employment', current.citizenId)).toBe(404);
    const own = await line.feed.ask('citizen', `/v1/citizens/${former.citizenId}/consents`, {
      citizen: former.citizenId,
    });
    const refusals = (own.json().consents as { id: string; decision: string }[]).filter((c) => c.decision === 'refuse');
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.id).not.toBe(refusal);
  });

  it('happens when a source says a number replaces another; the former id leads on', async () => {
    const former = await enrolToy(line.deps, anna);
    const source = line.source(data);
    await line.pull(source);
    await line.say(former.citizenId, grant('unit:jobcenter'));
    data.person[0] = person('p1', carl, 'Anna And', { formerCpr: anna });
    data.case.push(caseOf('c9', [carl], 'Ny plan'));
    await line.pull(source);
    await line.pull(source);
    expect(await line.titles('citizen', former.citizenId)).toEqual(['Mentor før', 'Ny plan', 'Plan før']);
    // Until it is renewed, the grant does not reach what arrives under the new number.
    expect(await line.titles('caseworker-employment', former.citizenId)).toEqual(['Mentor før', 'Plan før']);
  });
});
