// One generated history lived through: each act by the door it really has, each read by a request, with what was shown.

import { copenhagenDay } from '../../src/clock.ts';
import { applyConfiguration } from '../../src/consent/apply.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import { activeEnrolment, endEnrolment, enrol } from '../../src/store/enrolment.ts';
import { mergeCitizens, splitCitizen } from '../../src/store/people.ts';
import { type Hub, personaNamed } from '../feed/fixture.ts';
import { type Act, child, type Reader, type Saying } from './history-acts.ts';
import { configuration, readerOf, relativeNumber } from './history-configuration.ts';
import { createSource, secret } from './history-records.ts';
import type { MovedTime } from './history-time.ts';

export interface Shown {
  readonly id: string;
  /** With what is kept back where somebody protected is in it. Absent: there is nothing to keep back. */
  readonly whole?: boolean;
}
export interface Read {
  readonly reader: Reader;
  readonly person: string;
  readonly what: 'plan' | 'calendar';
  /** The first instant at which it had been read. */
  readonly at: Date;
  /** By the id asked for. */
  readonly shown: ReadonlyMap<string, readonly Shown[]>;
  /** Whose each shown record was: under which id, and the own ids of the numbers it had come under. */
  readonly owners: ReadonlyMap<string, readonly { readonly under: string; readonly home: string }[]>;
  readonly correlations: ReadonlyMap<string, string>;
}

const dayMs = 86_400_000;
/** Years pass; what is not tried here is that a token ends. */
export const lasting = { lifetimeSeconds: 40 * 365 * 86_400 };
const why = { reason: 'test', actor: 'test' };

export const live = async (hub: Hub, time: MovedTime, run: number, cprs: readonly string[], acts: readonly Act[]) => {
  const { pool, clock } = time;
  const { keys } = hub;
  const source = createSource(time, keys, cprs);
  const numbers = cprs.map((cpr) => parseNumber(cpr)).filter((one) => one !== undefined);
  const homes = cprs.map((cpr) => keys.uuid('citizen', cpr));
  const consents: string[] = [];
  const representations: string[] = [];
  const reads: Read[] = [];
  const tokens = new Map<string, Promise<string>>();
  let staffUnit = 'social';

  const personOf = (reader: Reader): string =>
    reader === 'citizen' || reader === 'relative' ? `${reader}-${run}` : personaNamed(readerOf[reader].persona).person;
  const token = (reader: Reader, citizen = 0): Promise<string> => {
    const name = `${reader} ${citizen} ${staffUnit}`;
    const persona = personaNamed(readerOf[reader].persona);
    const scope = 'plan.read calendar.read comments.write consents.write log.read';
    const claims = { scope, ...(reader === 'social' ? { unit: staffUnit } : {}) };
    const made =
      tokens.get(name) ??
      (reader === 'citizen'
        ? hub.token(
            { ...persona, person: citizen === 0 ? personOf(reader) : `citizen-${run}-${citizen}` },
            { ...lasting, cpr: cprs[citizen] ?? '', claims },
          )
        : reader === 'relative'
          ? hub.token(
              { ...persona, person: personOf(reader) },
              { ...lasting, cpr: relativeNumber, claims: { ...claims, kind: 'representative' } },
            )
          : hub.token(persona, { ...lasting, claims }));
    tokens.set(name, made);
    return made;
  };
  const ask = async (authorised: Promise<string>, url: string, payload?: object) =>
    hub.app.inject({
      url,
      headers: { authorization: `Bearer ${await authorised}` },
      ...(payload === undefined ? {} : { method: 'POST', payload }),
    });
  const now = async (): Promise<Date> => {
    const { rows } = await pool.query<{ at: Date }>('select clock_timestamp() as at');
    return rows[0]?.at ?? new Date(0);
  };
  const dayIn = (days: number): string => copenhagenDay(new Date(clock.now().getTime() + days * dayMs));
  /** The id a citizen has now. */
  const living = async (n: number): Promise<string> => {
    const { rows } = await pool.query<{ id: string }>('select citizen_id as id from identity where home_id = $1', [
      homes[n],
    ]);
    return rows[0]?.id ?? homes[n] ?? '';
  };

  const say = async ({ citizen, byRelative, slot, from, days, decision, show, ...said }: Saying): Promise<void> => {
    const first = from ?? 0;
    const answer = await ask(
      byRelative ? token('relative') : token('citizen', citizen),
      `/v1/citizens/${await living(citizen)}/consents`,
      {
        ...said,
        decision,
        ...(decision === 'grant' ? { show } : {}),
        ...(slot === undefined ? {} : { record: source.idOf(slot) }),
        ...(from === undefined ? {} : { from: dayIn(from) }),
        ...(days === undefined ? {} : { to: dayIn(first + days) }),
      },
    );
    if (answer.statusCode === 201) consents.push(answer.json().id);
  };
  const appoint = async (act: Extract<Act, { act: 'appoint' }>): Promise<void> => {
    const byCitizen = act.type === 'powerOfAttorney';
    const answer = await ask(
      byCitizen ? token('citizen', act.citizen) : token('social'),
      `/v1/citizens/${await living(act.citizen)}/representations`,
      {
        type: act.type,
        cpr: relativeNumber,
        ...(act.type === 'guardian' ? { form: '5', domains: ['social', 'health'] } : {}),
        ...(byCitizen ? {} : { evidence: 'Afgørelse 2026-1' }),
        ...(act.days === undefined ? {} : { to: dayIn(act.days) }),
      },
    );
    if (answer.statusCode === 201) representations.push(answer.json().id);
  };
  const owners = async (): Promise<Read['owners']> => {
    const { rows } = await pool.query<{ id: string; under: string; home: string }>(
      `select v.record_id as id, v.citizen_id as under, i.home_id as home from record_version v
       join identity i on i.id = v.identity_id where v.valid_to = 'infinity'`,
    );
    return Map.groupBy(rows, (row) => row.id);
  };
  const read = async ({ reader, what }: Extract<Act, { act: 'read' }>): Promise<void> => {
    const shown = new Map<string, readonly Shown[]>();
    const correlations = new Map<string, string>();
    const window = what === 'plan' ? '' : `?from=${dayIn(-1700)}&to=${dayIn(100)}`;
    for (const id of homes) {
      const answer = await ask(token(reader), `/v1/citizens/${id}/${what}${window}`);
      if (answer.statusCode !== 200) continue;
      correlations.set(id, String(answer.headers['x-correlation-id']));
      if (what === 'plan') shown.set(id, inPlan(answer.json()));
    }
    const at = new Date((await now()).getTime() + 1);
    reads.push({ reader, person: personOf(reader), what, at, shown, owners: await owners(), correlations });
  };

  const perform = async (act: Act): Promise<unknown> => {
    switch (act.act) {
      case 'arrive':
        return source.arrive(act.record);
      case 'remove':
        return source.remove(act.slot);
      case 'protect':
        return source.protect(act.citizen, act.days);
      case 'say':
        return say(act.said);
      case 'withdraw': {
        const id = consents[act.which % Math.max(1, consents.length)];
        for (const n of homes.keys())
          if (id !== undefined) await ask(token('citizen', n), `/v1/consents/${id}/withdraw`, {});
        return;
      }
      case 'endRepresentation': {
        const id = representations[act.which % Math.max(1, representations.length)];
        if (id !== undefined)
          await ask(token('social'), `/v1/representations/${id}/end`, { evidence: 'Afgørelse 2026-2' });
        return;
      }
      case 'comment':
        return ask(token('citizen', act.citizen), `/v1/citizens/${await living(act.citizen)}/comments`, {
          text: 'Det går godt',
          about: source.idOf(act.slot),
        });
      case 'configure':
        return applyConfiguration(pool, configuration(act.tree, act.law));
      case 'appoint':
        return appoint(act);
      case 'emergency':
        return ask(token('nurse'), '/v1/emergency-access', { cpr: cprs[act.citizen], reason: 'Bevidstløs i hjemmet' });
      case 'enrol': {
        const number = numbers[act.citizen];
        return number === undefined ? undefined : enrol(pool, keys, [], { number, basis: 'lab-40-3', by: 'test' });
      }
      case 'endEnrolment': {
        const active = await activeEnrolment(pool, await living(act.citizen));
        return active === undefined ? undefined : endEnrolment(pool, active.id, 'test');
      }
      case 'merge': {
        const [current, former] = [numbers[act.current], numbers[1 - act.current]];
        return current && former ? mergeCitizens(pool, keys, { current, former }, why) : undefined;
      }
      case 'split': {
        const [, number] = numbers;
        return (await living(0)) === (await living(1)) && number ? splitCitizen(pool, keys, number, why) : undefined;
      }
      case 'moveStaff':
        staffUnit = act.unit;
        return;
      case 'pass':
        return time.pass(act.ms);
      case 'read':
        return read(act);
    }
  };

  await applyConfiguration(pool, configuration(0, 0));
  for (const n of homes.keys()) await perform({ act: 'enrol', citizen: n });
  await perform({ act: 'appoint', citizen: child, type: 'custody', days: undefined });
  for (const act of acts) {
    await perform(act);
    // Instants are asked about in milliseconds: two acts never share one.
    await time.pass(3);
  }
  const lives = new Map<string, string>();
  for (const [n, home] of homes.entries()) lives.set(home, await living(n));
  return { reads, lives };
};

const inPlan = (plan: Readonly<Record<string, unknown>>): readonly Shown[] =>
  Object.values(plan)
    .flatMap((value) => (Array.isArray(value) ? (value as Readonly<Record<string, unknown>>[]) : []))
    .filter((one) => one['observedAt'] !== undefined)
    .map((one) => ({
      id: String(one['id']),
      ...(one['kind'] === 'comment' ? {} : { whole: one['description'] === secret }),
    }));
