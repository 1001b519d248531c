// A source record that came word for word as before is not mapped again, and everything else is: what a hub that skips
// has stored is what one that maps everything anew would store.
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ParsedNumber, parseNumber } from '../../src/model/cpr.ts';
import type { PipelineDeps, SyncKind, SyncSource } from '../../src/pipeline/source.ts';
import { endEnrolment } from '../../src/store/enrolment.ts';
import { mergeCitizens, splitCitizen } from '../../src/store/people.ts';
import { useDatabase } from '../postgres.ts';
import { anna, bo, caseOf, enrolToy, noData, person, syncToy, type ToyData, task, toyDeps, toySource } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let data: ToyData;
beforeAll(() => {
  deps = toyDeps(database.pool());
});
const clear = async (): Promise<void> => {
  await database
    .pool()
    .query('truncate citizen, sync_state, load_page, run, record, record_body, link, change, quarantine cascade');
  data = noData();
  data.person = [person('p1', anna, 'Anna And'), person('p2', bo, 'Bo Bi')];
};
beforeEach(clear);

/** The source, with every key that is mapped written down. */
const watched = (options: Parameters<typeof toySource>[1] = {}): { source: SyncSource; mapped: string[] } => {
  const mapped: string[] = [];
  const plain = toySource(data, options);
  const kinds = plain.kinds.map((kind): SyncKind => {
    const { mapping } = kind;
    if (mapping === undefined) return kind;
    const map: typeof mapping.map = (body) => {
      mapped.push((body as { id: string }).id);
      return mapping.map(body);
    };
    return { ...kind, mapping: { ...mapping, map } };
  });
  return { source: { ...plain, kinds }, mapped };
};

/** Of one whose newer version is set aside a rebuild keeps the last good one, and no fingerprint of it. */
const contents = async (): Promise<readonly unknown[]> =>
  (
    await database.pool().query(
      `select r.key, r.entity, case when r.stale_since is null then r.content_hash end as content, r.stale_since is null as good,
         array(select citizen_id from record_version v where v.record_id = r.id and v.valid_to = 'infinity' order by 1) as whose
       from record r order by r.source_kind, r.key, r.entity, r.part`,
    )
  ).rows;

describe('a record that came again word for word', () => {
  it('is not mapped, and counts as unchanged and as seen', async () => {
    await enrolToy(deps, anna);
    data.case = [caseOf('c1', [anna], 'Handleplan')];
    const first = watched();
    await syncToy(deps, first.source);
    expect(first.mapped).toEqual(['p1', 'c1']);
    const second = watched();
    const outcomes = await syncToy(deps, second.source);
    expect(second.mapped).toEqual([]);
    expect(outcomes.map(({ counts }) => [counts.stored, counts.unchanged, counts.changed, counts.removed])).toEqual([
      [1, 1, 0, 0],
      [1, 1, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it.each([
    ['its body', () => (data.case = [caseOf('c1', [anna], 'Ny titel')]), {}],
    ['the kind’s settings', () => undefined, { kinds: { case: { sensitivity: 'sensitive' as const } } }],
    ['the mapping', () => undefined, { version: 2 }],
  ])('is mapped again when something else differs: %s', async (_, change, options) => {
    await enrolToy(deps, anna);
    data.case = [caseOf('c1', [anna], 'Handleplan')];
    await syncToy(deps, watched().source);
    change();
    const { source, mapped } = watched(options);
    await syncToy(deps, source);
    expect(mapped).toContain('c1');
  });

  it('is mapped again when the people it is about differ, when it was removed, and while its newer version is set aside', async () => {
    await enrolToy(deps, anna);
    data.case = [caseOf('c1', [anna, bo], 'Fælles')];
    data.task = [task('t1', 'c1', 'Mentor')];
    await syncToy(deps, watched().source);
    const { enrolmentId } = await enrolToy(deps, bo);
    const joined = watched();
    await syncToy(deps, joined.source);
    expect(joined.mapped).toContain('c1');
    await endEnrolment(deps.pool, enrolmentId, 'test');
    const left = watched();
    await syncToy(deps, left.source);
    expect(left.mapped).toContain('c1');
    data.task = [{ key: 't1', body: { id: 't1', caseId: 'c1' } }];
    await syncToy(deps, watched().source);
    data.task = [task('t1', 'c1', 'Mentor')];
    const mended = watched();
    await syncToy(deps, mended.source);
    expect(mended.mapped).toContain('t1');
    expect(await contents()).toContainEqual(expect.objectContaining({ key: 't1', good: true }));
  });
});

describe('somebody who left and came back before the next pull', () => {
  it('has their records again, though none of them differs', async () => {
    await enrolToy(deps, anna);
    const { enrolmentId } = await enrolToy(deps, bo);
    data.case = [caseOf('c1', [anna, bo], 'Fælles'), caseOf('c2', [bo], 'Bo')];
    await syncToy(deps, watched().source);
    const before = await contents();
    await endEnrolment(deps.pool, enrolmentId, 'test');
    await enrolToy(deps, bo);
    await syncToy(deps, watched().source);
    expect((await contents()).map((one) => (one as { whose: string[] }).whose.length)).toEqual(
      before.map((one) => (one as { whose: string[] }).whose.length),
    );
  });
});

describe('two numbers that were one citizen by mistake', () => {
  it('both have what is about both again, though nothing of it differs', async () => {
    await enrolToy(deps, anna);
    await enrolToy(deps, bo);
    data.case = [caseOf('c1', [anna, bo], 'Fælles')];
    await syncToy(deps, watched().source);
    const [current, former] = [anna, bo].map((number) => parseNumber(number) as ParsedNumber);
    if (current === undefined || former === undefined) throw new Error('not a number');
    const why = { reason: 'test', actor: 'test' };
    await mergeCitizens(deps.pool, deps.keys, { current, former }, why);
    await syncToy(deps, watched().source);
    await splitCitizen(deps.pool, deps.keys, former, why);
    await syncToy(deps, watched().source);
    const [shared] = (await contents()) as readonly { whose: string[] }[];
    expect(shared?.whose).toHaveLength(2);
  });
});

describe('a kind whose text turns out to be inseparable per person', () => {
  it('is read anew when one of its people has left, though nothing of its records differed', async () => {
    await enrolToy(deps, anna);
    const { enrolmentId } = await enrolToy(deps, bo);
    data.case = [caseOf('c1', [anna, bo], 'Fælles')];
    await syncToy(deps, watched().source);
    await syncToy(deps, watched({ kinds: { case: { mixed: true } } }).source);
    await endEnrolment(deps.pool, enrolmentId, 'test');
    expect(await contents()).not.toContainEqual(expect.objectContaining({ key: 'c1' }));
  });
});

describe('whatever happens in the source', () => {
  const change = fc.oneof(
    fc.record({ what: fc.constant('title'), n: fc.nat(3), text: fc.constantFrom('A', 'B', 'C') }),
    fc.record({ what: fc.constant('noise'), n: fc.nat(3), text: fc.constantFrom('x', 'y') }),
    fc.record({ what: fc.constant('gone'), n: fc.nat(3), text: fc.constant('') }),
    fc.record({ what: fc.constant('broken'), n: fc.nat(3), text: fc.constant('') }),
    fc.record({ what: fc.constant('both'), n: fc.nat(3), text: fc.constant('') }),
  );

  it('mapping everything anew changes nothing that skipping has stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 3 }), { minLength: 1, maxLength: 4 }), async (rounds) => {
        await clear();
        await enrolToy(deps, anna);
        await enrolToy(deps, bo);
        const bodies = new Map<number, object>();
        for (const round of rounds) {
          for (const { what, n, text } of round) {
            const body = { id: `c${n}`, title: 'A', persons: [{ cpr: n % 2 === 0 ? anna : bo }], ...bodies.get(n) };
            if (what === 'gone') bodies.delete(n);
            else if (what === 'title') bodies.set(n, { ...body, title: text });
            else if (what === 'noise') bodies.set(n, { ...body, noise: text });
            else if (what === 'broken') bodies.set(n, { ...body, title: undefined });
            else bodies.set(n, { ...body, persons: [{ cpr: anna }, { cpr: bo }] });
          }
          data.case = [...bodies].map(([n, body]) => ({ key: `c${n}`, body }));
          data.task = data.case.map(({ key }) => task(`t${key}`, key, 'Mentor'));
          await syncToy(deps, watched().source);
        }
        const skipped = await contents();
        await syncToy(deps, watched().source, 'rebuild');
        expect(skipped).toEqual(await contents());
      }),
      { numRuns: 12 },
    );
  });
});
