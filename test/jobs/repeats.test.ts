// What a retry repeats: nothing that was stored. A pull goes on from its last stored page, one that was asked for from the
// beginning too.
import { expect, it, vi } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { caseOf, enrolToy, noData, toySource } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { guarded, useJobs, workSource } from './fixture.ts';

const database = useDatabase();
const open = useJobs(database);
const anna = '0101701234';

it.each(['next', 'reload'] as const)(
  '%s: six pages of which the fourth fails are six pages and a half',
  async (want) => {
    const data = noData();
    data.case = Array.from({ length: 12 }, (_, n) => caseOf(`c${n}`, [anna], `Plan ${n}`));
    let handed = 0;
    let failed = false;
    const work = workSource(
      guarded(toySource(data), () => {
        if (handed === 3 && !failed) {
          failed = true;
          throw new HubError({ code: 'source/unavailable', fault: 'transient', message: 'no' });
        }
        handed += 1;
      }),
    );
    const { name } = work.source;
    const bench = open([work]);
    await enrolToy(bench.deps, anna);
    bench.work();
    await bench.sync(name, 'case', want);
    await vi.waitFor(async () => expect((await bench.runs(name, 'case'))[0]?.state).toBe('done'), { timeout: 15_000 });
    const runs = await bench.runs(name, 'case');
    expect(failed).toBe(true);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ pages: 6, attempt: 2, counts: { served: 12, stored: 12 } });
    // The page read ahead of the failing one may come twice.
    expect(handed).toBeLessThanOrEqual(7);
  },
  30_000,
);
