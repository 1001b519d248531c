// Property: for random worlds, readers and times the engine in SQL and the plain model of the rules decide alike,
// record by record, and what is shown, which citizens exist and the list of citizens all follow from those decisions.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/consent/actor.ts';
import { citizenAccess, explain, visibleCitizens, visibleRecords } from '../../src/consent/decide.ts';
import { transaction } from '../../src/store/db.ts';
import { useDatabase } from '../postgres.ts';
import { citizens, dayMs, reader, today, worldAt } from './arbitrary.ts';
import { insertCitizens, insertWorld } from './insert.ts';
import { decisions, exists } from './model.ts';
import type { Reader } from './world.ts';

const database = useDatabase();
const runs = Number(process.env['SAMSPIL_PROPERTY_RUNS'] ?? 300);
// The present lies in the middle of the sixth day, so that no interval ends while the test runs.
const origin = Date.now() - today * dayMs - dayMs / 2;

const actorOf = (one: Reader): Actor => ({
  kind: one.kind,
  person: one.person,
  sector: one.sector,
  purpose: one.purpose,
  scopes: [],
  ...(one.role === null ? {} : { role: one.role }),
  ...(one.organisation === null ? {} : { organisation: one.organisation }),
  ...(one.unit === null ? {} : { unit: one.unit }),
  ...(one.domain === null ? {} : { domain: one.domain }),
  ...(one.consumer === null ? {} : { consumer: one.consumer }),
  ...(one.citizen === null ? {} : { citizen: one.citizen }),
  ...(one.number === null ? {} : { numberHash: Buffer.from(one.number) }),
});

const byId = <T extends { readonly record: string }>(rows: readonly T[]): readonly T[] =>
  [...rows].sort((a, b) => (a.record < b.record ? -1 : 1));

/** Rule and what it shows; the last one whatever the rule. */
const wanted = [
  '1 content',
  '1 hidden',
  '2 content',
  '3 content',
  '4 content',
  '5 hidden',
  '6 content',
  '6 busy',
  '7 stub',
  '7 hidden',
  'by another subject',
];

beforeAll(() => insertCitizens(database.pool()));

describe('the consent engine', () => {
  it('decides like the model of the rules', { timeout: 300_000 }, async () => {
    const seen = new Set<string>();
    const question = fc.tuple(reader, fc.integer({ min: 0, max: 9 }));
    const property = fc.asyncProperty(
      worldAt(origin),
      fc.array(question, { minLength: 3, maxLength: 6 }),
      async (world, questions) => {
        await transaction(database.pool(), async (tx) => {
          await insertWorld(tx, world);
          for (const [asking, n] of questions) {
            const actor = actorOf(asking);
            const at = origin + n * dayMs;
            for (const citizen of citizens) {
              const expected = byId(decisions(world, asking, citizen, at));
              const rows = await explain(tx, actor, citizen, undefined, new Date(at));
              const actual = byId(rows.map((row) => ({ ...row, record: row.recordId })));
              const plain = (row: {
                record: string;
                rule: number;
                show: string;
                stripped: boolean;
                masterStripped: boolean;
              }) => `${row.record} rule ${row.rule} ${row.show} ${row.stripped} ${row.masterStripped}`;
              expect(actual.map(plain)).toEqual(expected.map(plain));
              for (const [index, row] of actual.entries()) {
                expect(expected[index]?.bases, `${row.record} rule ${row.rule}`).toContain(row.basis);
                seen.add(`${row.rule} ${row.show}${row.byOtherSubject ? ' by another subject' : ''}`);
              }
              const there = exists(world, asking, citizen, at);
              const sees = expected.some((row) => row.show === 'content' || row.show === 'busy');
              expect((await citizenAccess(tx, actor, citizen, new Date(at))).visible).toBe(there);
              const shown = await visibleRecords(tx, actor, { citizens: [citizen], at: new Date(at) });
              expect(shown.map((row) => `${row.recordId} ${row.show}`).sort()).toEqual(
                expected
                  .filter((row) => row.show !== 'hidden' && (row.show !== 'stub' || sees))
                  .map((row) => `${row.record} ${row.show}`),
              );
            }
            const now = origin + today * dayMs + dayMs / 2;
            const listed = citizens.filter((citizen) => exists(world, asking, citizen, now));
            expect(await visibleCitizens(tx, actor, { limit: 10 })).toEqual(listed);
            const paged = await visibleCitizens(tx, actor, { limit: 1, after: listed[0] ?? citizens[2] ?? '' });
            expect(paged).toEqual(listed.slice(1, 2));
          }
          await tx.query('rollback; begin');
        });
      },
    );
    await fc.assert(property, { numRuns: runs });
    // The property is worth something only if every rule came up, shown and hidden; a rare one may need some more worlds.
    const unseen = (): readonly string[] => wanted.filter((one) => ![...seen].some((other) => other.endsWith(one)));
    for (let more = 0; more < 10 && unseen().length > 0; more += 1) await fc.assert(property, { numRuns: 100 });
    expect(unseen()).toEqual([]);
  });
});
