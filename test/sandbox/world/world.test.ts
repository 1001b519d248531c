// The municipality: the same for the same options, at any size, with people and overlaps a plan must cope with; and
// numbers that cannot belong to anyone.
import { describe, expect, it } from 'vitest';
import { ageOn, parseNumber } from '../../../src/model/cpr.ts';
import { failsModulus11, lastAdultBirthDay } from './number.ts';
import { personAt } from './person.ts';
import type { Citizen, Meeting } from './types.ts';
import { createWorld } from './world.ts';

const today = '2026-11-21';
const options = { citizens: 2000, enrolled: 200, seed: 42, today };

describe('numbers', () => {
  it('are unique, parse, fail modulus 11 and agree with birth date and gender', () => {
    const seen = new Set<string>();
    for (let index = 0; index < 20_000; index += 1) {
      const person = personAt(7, index, today);
      for (const number of [person.cpr, person.formerCpr ?? []].flat()) {
        const parsed = parseNumber(number);
        const right =
          !seen.has(number) &&
          failsModulus11(number) &&
          parsed?.birthDate === person.birthDate &&
          parsed.gender === person.gender &&
          !person.birthDate.endsWith('-01-01');
        if (!right) expect.fail(`index ${index} has a number that will not do`);
        seen.add(number);
      }
      const child = person.birthDate > lastAdultBirthDay;
      expect(parseNumber(person.cpr)?.type).toBe(child ? 'replacement' : 'cpr');
      expect(person.child).toBe(child);
    }
  });

  it('stay apart at the far end of a million', () => {
    const numbers = new Set<string>();
    for (let index = 990_000; index < 1_000_000; index += 1) numbers.add(personAt(7, index, today).cpr);
    for (let index = 0; index < 10_000; index += 1) numbers.add(personAt(7, index, today).cpr);
    expect(numbers.size).toBe(20_000);
  });
});

const overlaps = (citizen: Citizen): boolean => {
  const meets = (a: Meeting, b: Meeting): boolean => a.start < b.end && b.start < a.end;
  return (citizen.employment?.meetings ?? []).some((one) =>
    (citizen.health?.meetings ?? []).some((other) => meets(one, other)),
  );
};

describe('the municipality', () => {
  const all = [...createWorld(options).citizens()];

  it('is the same for the same options, whatever is looked at first', () => {
    const again = createWorld(options);
    expect(again.citizenAt(1999)).toEqual(all[1999]);
    expect(again.citizenAt(3)).toEqual(all[3]);
    expect(createWorld({ ...options, seed: 43 }).citizenAt(1999)).not.toEqual(all[1999]);
  });

  it('knows everybody somewhere, and many in several systems', () => {
    const systems = all.map(({ employment, social, health }) => [employment, social, health].filter(Boolean).length);
    expect(Math.min(...systems)).toBeGreaterThanOrEqual(1);
    expect(systems.filter((count) => count >= 2).length).toBeGreaterThan(400);
    expect(systems.filter((count) => count === 3).length).toBeGreaterThan(100);
  });

  it('holds what makes plans difficult', () => {
    const count = (test: (citizen: Citizen) => boolean): number => all.filter(test).length;
    expect(count(overlaps)).toBeGreaterThan(50);
    expect(count(({ health }) => (health?.plan.shared?.length ?? 0) > 1)).toBeGreaterThan(20);
    expect(count(({ person }) => person.formerCpr !== undefined)).toBeGreaterThan(10);
    expect(count(({ person }) => person.movedFrom !== undefined)).toBeGreaterThan(50);
    expect(count(({ person }) => (person.protection?.until ?? '') > today)).toBeGreaterThan(3);
    expect(count(({ person }) => person.protection !== undefined && !person.protection.until)).toBeGreaterThan(3);
    expect(count(({ relatives }) => relatives.some(({ relation }) => relation === 'guardian'))).toBeGreaterThan(10);
    for (const marked of ['confidential', 'sensitive', 'vip'])
      expect(count(({ person }) => person.marked === marked)).toBeGreaterThan(2);
  });

  it('has families whose ages hang together', () => {
    for (const { person, relatives } of all.slice(0, 500))
      for (const relative of relatives)
        if (relative.relation === 'parent' && relative.index !== undefined) {
          const parent = all[relative.index]?.person.birthDate ?? '';
          expect(ageOn(parent, person.birthDate)).toBeGreaterThanOrEqual(12);
        }
  });

  it('enrols each citizen once, the showcase citizen first', () => {
    const enrolled = [...createWorld(options).enrolled()];
    expect(enrolled[0]).toBe(0);
    expect(new Set(enrolled).size).toBe(200);
    expect(new Set(createWorld({ ...options, citizens: 17, enrolled: 17 }).enrolled()).size).toBe(17);
  });

  it('makes the citizens of a million one at a time', () => {
    const million = createWorld({ ...options, citizens: 1_000_000, enrolled: 1_000_000 });
    expect(million.citizenAt(999_999).person.cpr).toHaveLength(10);
    let taken = 0;
    for (const index of million.enrolled()) if (index >= 0 && ++taken === 1000) break;
    expect(taken).toBe(1000);
  });

  it('moves on step by step, and the same steps lead to the same place', () => {
    const [one, other] = [createWorld(options), createWorld(options)];
    const changed = new Set([one.step(), one.step()].flat());
    other.step();
    other.step();
    for (const index of changed) {
      expect(one.citizenAt(index)).toEqual(other.citizenAt(index));
      expect(one.citizenAt(index)).not.toEqual(all[index]);
    }
  });
});

describe('the showcase citizen', () => {
  const maja = createWorld(options).citizenAt(0);

  it('has the same number and keys in every municipality', () => {
    const elsewhere = createWorld({ citizens: 5, enrolled: 1, seed: 999, today: '2027-03-01' });
    expect(maja.person.cpr).toBe(elsewhere.showcase.cpr);
    expect(elsewhere.citizenAt(0).employment?.plan.id).toBe(maja.employment?.plan.id);
    expect(elsewhere.citizenAt(0).person.address).toEqual(maja.person.address);
  });

  it('is known in every system, with a double booking and a meeting in two calendars', () => {
    expect(maja.person.protection).toBeUndefined();
    expect(maja.employment && maja.social && maja.health).toBeTruthy();
    expect(overlaps(maja)).toBe(true);
    const title = 'Netværksmøde';
    const start = maja.employment?.meetings.find((meeting) => meeting.title === title)?.start;
    expect(maja.health?.meetings.find((meeting) => meeting.title === title)?.start).toBe(start);
  });
});
