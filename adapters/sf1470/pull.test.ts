// Reading by the index's clock: what changes while pages are read is neither skipped nor lost, going on from any page.
import { afterEach, describe, expect, it } from 'vitest';
import {
  clockAt,
  cprOf,
  gather,
  minute,
  openIndex,
  sampleCase,
  sampleData,
  uuidOf,
} from '../../test/adapters/sf1470.ts';
import type { IndexCase, IndexData } from '../../test/sandbox/sf1470/data.ts';
import { type IndexStub, startIndexStub } from '../../test/sandbox/sf1470/server.ts';
import { randomOf } from '../../test/sandbox/world/random.ts';
import type { Checkpoint } from './records.ts';

let stub: IndexStub | undefined;
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

const start = async (data: IndexData, config: object = {}, clock = clockAt(600)) => {
  stub = await startIndexStub({ data });
  const source = await openIndex(stub, config, clock);
  const signal = AbortSignal.timeout(20_000);
  return {
    stub,
    pull: (after: Checkpoint | null = null) => gather(source.pull.sag({ after, signal })),
    pages: (after: Checkpoint | null = null) => source.pull.sag({ after, signal }),
    citizen: (cpr: string) => gather(source.byCitizen?.sag?.({ cpr, signal }) ?? []),
    byKeys: (keys: readonly string[]) => gather(source.byKeys?.sag?.({ keys, signal }) ?? []),
  };
};
const all = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => uuidOf(index));
const touched = (index: number, at: number): IndexCase => sampleCase(index, { stsTime: minute(at) });

describe('a complete pull', () => {
  it('gives everything once, in a closed window and an open end', async () => {
    const { pull, stub: server } = await start(sampleData(35));
    const { keys, pages, end } = await pull();
    expect(keys.toSorted()).toEqual(all(35));
    expect(pages.map(({ records }) => records.length)).toEqual([10, 10, 10, 5, 0]);
    expect(pages[0]?.checkpoint).toEqual({ from: null, to: minute(595), first: 10, total: 35 });
    expect(end).toEqual({ from: minute(595), to: null, first: 0, total: null });
    const asked = server.stats().requests;
    expect(asked.every((body) => !body.includes('SoegRegistrering') && !body.includes('SenestAendret'))).toBe(true);
  });

  it('skips nothing when cases of pages already read change meanwhile', async () => {
    const data = sampleData(35);
    const { pull, stub: server } = await start(data);
    server.afterAnswer = (count) => {
      // Cases 0–2, then 10–12, leave the window: what is behind them moves up by three.
      if (count <= 2) for (const index of [0, 1, 2]) data.put(touched(index + (count - 1) * 10, 599));
    };
    const { keys } = await pull();
    expect([...new Set(keys)].toSorted()).toEqual(all(35));
    expect(keys.filter((key) => key === uuidOf(0))).toHaveLength(2);
  });

  it('loses nothing whatever changes between any two answers, from any page on', async () => {
    for (let seed = 0; seed < 15; seed += 1) {
      const data = sampleData(40);
      const { pages, pull, stub: server } = await start(data, { pageSize: '7' });
      const random = randomOf(seed, 'changes');
      let clock = 0;
      server.afterAnswer = () => {
        for (let change = random.int(0, 3); change > 0 && clock < 60; change -= 1) {
          clock += 1;
          data.put(sampleCase(random.int(0, 39), { stsTime: new Date(Date.parse(minute(598)) + clock).toISOString() }));
        }
      };
      const versions = new Map<string, string>();
      const keep = (records: readonly { key: string; body: unknown }[]): void => {
        for (const { key, body } of records) versions.set(key, (body as { StsTidspunkt: string }).StsTidspunkt);
      };
      let reached: Checkpoint | null = null;
      // Killed after some pages, then run until a run ends; one that could not keep up is run again.
      for (let run = 1, most = random.int(1, 5); run < 20; run += 1, most = Number.POSITIVE_INFINITY) {
        const ended = await (async () => {
          let read = 0;
          for await (const { records, checkpoint } of pages(reached)) {
            keep(records);
            reached = checkpoint;
            read += 1;
            if (read === most) return false;
          }
          return true;
        })().catch((thrown: unknown) => {
          expect(thrown).toMatchObject({ code: 'source/incomplete-snapshot', fault: 'transient' });
          return false;
        });
        if (ended && run > 1) break;
      }
      server.afterAnswer = undefined;
      for (const { records } of (await pull(reached)).pages) keep(records);
      expect([seed, versions.size]).toEqual([seed, 40]);
      for (const [key, sts] of versions) expect([seed, key, sts]).toEqual([seed, key, data.get(key)?.stsTime]);
      await server.close();
    }
  });

  it('does not go on without the index’s count, nor when it counts what it does not show', async () => {
    const { pull, stub: server } = await start(sampleData(35));
    server.fail('uncounted');
    await expect(pull()).rejects.toMatchObject({ code: 'source/bad-answer' });
  });
});

describe('going on', () => {
  it('asks once, from a margin before the last question', async () => {
    const data = sampleData(35);
    const { pull, stub: server } = await start(data);
    const { end } = await pull();
    data.put(touched(3, 598));
    const before = server.stats().requests.length;
    const next = await pull(end);
    expect(next.keys).toEqual([uuidOf(3)]);
    expect(server.stats().requests.length - before).toBe(1);
    expect(server.stats().requests.at(-1)).toContain(`<o:TidsstempelDatoTid>${minute(595)}</o:TidsstempelDatoTid>`);
  });

  it('reads what has piled up in windows, and more than a page within the margin too', async () => {
    const old = { from: minute(20), to: null, first: 0, total: null };
    const piled = await start(sampleData(60));
    expect((await piled.pull(old)).keys.toSorted()).toEqual(all(60).slice(20));
    await piled.stub.close();
    const burst = await start(sampleData(25, (index) => ({ stsTime: minute(597 + index / 10) })));
    const { keys, pages } = await burst.pull({ from: minute(595), to: null, first: 0, total: null });
    expect([...new Set(keys)].toSorted()).toEqual(all(25));
    expect(pages.at(-1)?.checkpoint.from).toBe(minute(595));
  });

  it('reports what was taken out of use, and what has left the list', async () => {
    const topics = sampleCase(0).topics.map((one) => ({ ...one, number: '54.15.05' }));
    const data = sampleData(5, (index) => (index === 1 ? { life: 'Slettet' } : index === 2 ? { topics } : {}));
    const chosen = await start(data, { kleSearch: 'none' });
    const { keys, deleted, ignored } = await chosen.pull();
    expect([keys.toSorted(), deleted.toSorted(), ignored]).toEqual([
      [uuidOf(0), uuidOf(3), uuidOf(4)],
      [uuidOf(1), uuidOf(2)],
      1,
    ]);
    expect(chosen.stub.stats().requests[0]).not.toContain('BrugervendtNoegle');
    await chosen.stub.close();
    const searched = await start(data, { kle: ['27', '29.18', '32.24.04'] });
    expect((await searched.pull()).ignored).toBe(0);
    const asked = searched.stub.stats().requests[0];
    for (const number of ['27.*', '29.18.*', '32.24.04'])
      expect(asked).toContain(`<i:BrugervendtNoegle>${number}</i:BrugervendtNoegle>`);
  });
});

describe('asking for some', () => {
  it('gives the cases of a citizen who is a party now, though they change meanwhile', async () => {
    const party = { role: 'SekundaerPart', cpr: cprOf(99), name: 'X', from: minute(0) } as const;
    const parties = (index: number) => [
      ...sampleCase(index).parties,
      index === 7 ? { ...party, to: minute(1) } : party,
    ];
    const data = sampleData(24, (index) => ({ parties: parties(index) }));
    const { citizen, stub: server } = await start(data);
    server.afterAnswer = (count) => {
      if (count === 1) data.put(sampleCase(4, { stsTime: minute(599), parties: parties(4) }));
    };
    const { keys, ignored } = await citizen(cprOf(99));
    expect([...new Set(keys)].toSorted()).toEqual(all(24).filter((key) => key !== uuidOf(7)));
    expect(ignored).toBeGreaterThan(0);
  });

  it('gives cases by their keys, and tells which are gone', async () => {
    const { byKeys } = await start(sampleData(4));
    const { keys, deleted } = await byKeys([uuidOf(1).toUpperCase(), uuidOf(50), uuidOf(3)]);
    expect([keys, deleted]).toEqual([[uuidOf(1), uuidOf(3)], [uuidOf(50)]]);
  });
});
