// Representation by age and end: whatever is recorded, custody represents until the child's age says so and not a moment
// longer, a power of attorney and a guardian until they end; nobody needs to act. And who may record what.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { copenhagenDay, copenhagenInstant, systemClock } from '../../src/clock.ts';
import { citizenVisible, visibleRecords } from '../../src/consent/decide.ts';
import { appoint, endRepresentation, listRepresentations } from '../../src/consent/representations.ts';
import { ageOn, parseNumber } from '../../src/model/cpr.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { numberHash } from '../../src/store/subjects.ts';
import { createWorld, type Person, type World } from '../feed/fixture.ts';
import { useDatabase } from '../postgres.ts';
import { actor } from './people.ts';

const database = useDatabase();
const keys = createKeyRing(newKeyMaterial());
const staff = actor({ person: 'social-1', role: 'caseworker', unit: 'social', scopes: ['consents.write'] });
const today = copenhagenDay(new Date());
const dayMs = 86_400_000;
const runs = Number(process.env['SAMSPIL_PROPERTY_RUNS'] ?? 150);
let world: World;
const known = new Map<string, Promise<Person>>();

const two = (n: number): string => String(n).padStart(2, '0');
/** Somebody born on this day, with a record of the social unit and one of health. */
const personBorn = (birth: string): Promise<Person> => {
  const [year = 0, month = 0, day = 0] = birth.split('-').map(Number);
  const cpr = `${two(day)}${two(month)}${two(year % 100)}${year >= 2000 ? 4 : 3}333`;
  const made = known.get(cpr);
  if (made !== undefined) return made;
  const person = (async () => {
    const one = await world.person(cpr);
    await world.record({ citizens: [one], domain: 'social', ownerUnit: 'social' });
    await world.record({ citizens: [one], kind: 'goal', domain: 'health', ownerUnit: 'sundhed' });
    return one;
  })();
  known.set(cpr, person);
  return person;
};
const parentOf = (cpr: string) =>
  actor({ kind: 'representative', person: 'parent', sector: 'private', numberHash: numberHash(keys, cpr) });
const citizen = (person: Person) =>
  actor({
    kind: 'citizen',
    person: 'self',
    sector: 'private',
    citizen: person.id,
    numberHash: numberHash(keys, person.cpr),
  });
const record = (who: Parameters<typeof appoint>[1], person: Person, input: object, custodyUntil = 15) =>
  appoint(database.pool(), who, person.id, input, { keys, clock: systemClock, custodyUntil });
const yearsAgo = (years: number, days = 0): string => {
  const date = new Date(Date.now() - days * dayMs);
  date.setUTCFullYear(date.getUTCFullYear() - years);
  return date.toISOString().slice(0, 10);
};

beforeAll(async () => {
  world = createWorld(database.pool(), keys);
  for (const unit of ['social', 'sundhed']) await world.unit(unit, null);
});

describe('representation', () => {
  it('holds exactly while age and dates say so, without anybody acting', { timeout: 120_000 }, async () => {
    const cases = fc.record({
      type: fc.constantFrom('custody' as const, 'custody' as const, 'powerOfAttorney' as const, 'guardian' as const),
      born: fc.record({ years: fc.integer({ min: 0, max: 19 }), days: fc.integer({ min: 0, max: 364 }) }),
      custodyUntil: fc.constantFrom(15, 15, 16, 18),
      lasts: fc.option(fc.integer({ min: 0, max: 3000 })),
      asked: fc.array(fc.integer({ min: 0, max: 19 * 365 }), { minLength: 3, maxLength: 6 }),
      near: fc.constantFrom(-1, 0, 1),
    });
    const seen = new Set<string>();
    let n = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ({ type, born, custodyUntil, lasts, asked, near }) => {
        n += 1;
        const birth = parseNumber((await personBorn(yearsAgo(born.years, born.days))).cpr)?.birthDate ?? '';
        const child = await personBorn(birth);
        const cpr = `${two(1 + (n % 28))}${two(1 + (Math.floor(n / 28) % 12))}${60 + Math.floor(n / 336)}3334`;
        const to = lasts === null ? undefined : copenhagenDay(new Date(Date.now() + lasts * dayMs));
        const who = type === 'powerOfAttorney' ? citizen(child) : staff;
        const said = {
          type,
          cpr,
          ...(to === undefined ? {} : { to }),
          ...(type === 'guardian' ? { form: '5', domains: ['social'] } : {}),
          ...(who === staff ? { evidence: 'J-1' } : {}),
        };
        const age = ageOn(birth, today);
        const allowed = type === 'guardian' || (type === 'custody' ? age < custodyUntil : age >= 15);
        if (!allowed) {
          await expect(record(who, child, said, custodyUntil)).rejects.toMatchObject({ path: 'type' });
          seen.add(`${type} refused`);
          return;
        }
        await record(who, child, said, custodyUntil);
        const turns = `${Number(birth.slice(0, 4)) + custodyUntil}${birth.slice(4)}`;
        const days = [...asked.map((one) => copenhagenDay(new Date(Date.now() + (one + 1) * dayMs)))];
        const edge = Date.parse(`${turns}T12:00:00Z`) + near * dayMs;
        if (edge > Date.now() + dayMs) days.push(new Date(edge).toISOString().slice(0, 10));
        for (const day of days) {
          const at = new Date(copenhagenInstant(day).getTime() + 1);
          // The rule in words: custody until the birthday, everything until its last day.
          const holds = (to === undefined || day <= to) && (type !== 'custody' || ageOn(birth, day) < custodyUntil);
          seen.add(`${type} ${holds}`);
          expect(await citizenVisible(database.pool(), parentOf(cpr), child.id, at), `${type} ${birth} ${day}`).toBe(
            holds,
          );
          const records = await visibleRecords(database.pool(), parentOf(cpr), { citizens: [child.id], at });
          expect(records.length).toBe(holds ? (type === 'guardian' ? 1 : 2) : 0);
        }
      }),
      { numRuns: runs },
    );
    expect([...seen].sort()).toEqual(
      [
        'custody false',
        'custody refused',
        'custody true',
        'guardian false',
        'guardian true',
        'powerOfAttorney false',
        'powerOfAttorney refused',
        'powerOfAttorney true',
      ].filter((one) => runs >= 150 || seen.has(one)),
    );
  });

  it('ends at once when it is ended, keeps both versions, and says how it was before', async () => {
    const maja = await personBorn('1970-02-01');
    const cpr = '0303703333';
    const given = await record(citizen(maja), maja, {
      type: 'powerOfAttorney',
      cpr,
      name: 'Min søster',
      domains: ['social'],
    });
    expect(given).toMatchObject({ version: 1, name: 'Min søster', ended: false });
    expect(given.text).toBe(
      `Min søster kan handle for dig med fuldmagt om det sociale område, fra ${today.split('-').reverse().map(Number).join('.')}.`,
    );
    const before = new Date();
    const sees = async (at?: Date) =>
      (
        await visibleRecords(database.pool(), parentOf(cpr), {
          citizens: [maja.id],
          ...(at === undefined ? {} : { at }),
        })
      ).length;
    expect(await sees()).toBe(1);
    expect(await endRepresentation(database.pool(), citizen(maja), given.id, { keys })).toMatchObject({
      version: 2,
      ended: true,
    });
    expect(await sees()).toBe(0);
    expect(await sees(before)).toBe(1);
    expect(await endRepresentation(database.pool(), citizen(maja), given.id, { keys })).toMatchObject({ version: 2 });
    const own = (await listRepresentations(database.pool(), keys, citizen(maja), maja.id)).filter(
      (one) => one.id === given.id,
    );
    expect(own.map((one) => one.version)).toEqual([2, 1]);
    const { rows } = await database.pool().query<{ text: string }>('select r::text as text from representation r');
    expect(JSON.stringify(rows)).not.toContain('søster');
    expect(JSON.stringify(rows)).not.toContain(cpr);
  });

  it('by power of attorney ends with the enrolment; a guardian is a fact and stays', async () => {
    const bo = await personBorn('1973-02-01');
    await record(citizen(bo), bo, { type: 'powerOfAttorney', cpr: '0808703333', name: 'En nabo' });
    await record(staff, bo, { type: 'guardian', form: '5', domains: ['social'], cpr: '0909703333', evidence: 'J-1' });
    await endEnrolment(database.pool(), bo.enrolment, 'test');
    const known = (cpr: string) => citizenVisible(database.pool(), parentOf(cpr), bo.id);
    expect([await known('0808703333'), await known('0909703333')]).toEqual([false, true]);
    const kept = await listRepresentations(database.pool(), keys, actor({ kind: 'dpo', person: 'dpo' }), bo.id);
    expect(JSON.stringify(kept)).not.toContain('En nabo');
  });

  it('is nobody’s to give themselves, and is refused field by field', async () => {
    const maja = await personBorn('1971-02-01');
    const sister = '0404703333';
    const power = { type: 'powerOfAttorney', cpr: sister };
    await record(citizen(maja), maja, power);
    const refused: readonly (readonly [Parameters<typeof appoint>[1], object, object])[] = [
      [citizen(maja), { type: 'powerOfAttorney', cpr: maja.cpr }, { path: 'cpr', code: 'request/forbidden' }],
      [parentOf(sister), { type: 'powerOfAttorney', cpr: '0505703333' }, { path: 'type', code: 'request/forbidden' }],
      [citizen(maja), { type: 'custody', cpr: sister }, { path: 'type', code: 'request/forbidden' }],
      [staff, { type: 'guardian', form: '6', domains: ['social'], cpr: sister }, { path: 'evidence' }],
      [staff, { type: 'guardian', domains: ['social'], cpr: sister, evidence: 'x' }, { path: 'form' }],
      [staff, { type: 'guardian', form: '6', cpr: sister, evidence: 'x' }, { path: 'domains' }],
      [staff, { type: 'custody', cpr: sister, evidence: 'x' }, { path: 'type', code: 'request/invalid' }],
      [citizen(maja), { ...power, cpr: '12345678' }, { path: 'cpr' }],
      [citizen(maja), { ...power, until: '2027-01-01' }, { path: 'body' }],
      [citizen(maja), { ...power, to: '2020-01-01' }, { path: 'to' }],
      [{ ...staff, scopes: [] }, power, { code: 'request/forbidden' }],
      [actor({ person: 'other', unit: 'other', scopes: ['consents.write'] }), power, { code: 'request/not-found' }],
    ];
    for (const [who, input, error] of refused) await expect(record(who, maja, input)).rejects.toMatchObject(error);
  });

  it('is ended only by whom it concerns; others’ and unknown ones look the same', async () => {
    const maja = await personBorn('1972-02-01');
    const power = await record(citizen(maja), maja, { type: 'powerOfAttorney', cpr: '0606703333' });
    const guardian = await record(staff, maja, {
      type: 'guardian',
      form: '7',
      cpr: '0707703333',
      domains: ['social'],
      evidence: 'J-2',
    });
    const end = (who: Parameters<typeof appoint>[1], id: string, evidence?: string) =>
      endRepresentation(database.pool(), who, id, { keys, ...(evidence === undefined ? {} : { evidence }) });
    for (const id of [power.id, randomUUID()])
      await expect(end(staff, id, 'x')).rejects.toMatchObject({ code: 'request/not-found' });
    await expect(end(citizen(maja), guardian.id)).rejects.toMatchObject({ code: 'request/forbidden' });
    await expect(end(parentOf('0606703333'), guardian.id)).rejects.toMatchObject({ code: 'request/not-found' });
    await expect(end(staff, guardian.id)).rejects.toMatchObject({ path: 'evidence' });
    const listed = await listRepresentations(database.pool(), keys, staff, maja.id);
    expect(listed.map((one) => one.id)).toEqual([guardian.id]);
    expect(await end(parentOf('0606703333'), power.id)).toMatchObject({ ended: true, recordedAs: 'representative' });
    expect(await end(staff, guardian.id, 'J-3')).toMatchObject({ ended: true, evidence: 'J-3' });
  });
});
