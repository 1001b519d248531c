// Histories of a few years lived through in moved time; afterwards every read is asked about, by the public route and of the
// decision itself, and held against the log.
import fc from 'fast-check';
import { expect } from 'vitest';
import { askedReader } from '../../src/consent/asked-reader.ts';
import type { Decision } from '../../src/consent/decide.ts';
import { explainAt } from '../../src/consent/explain-past.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import { config, createHub, type Hub, personaNamed } from '../feed/fixture.ts';
import type { TestDatabase } from '../postgres.ts';
import { type Act, historyWith } from './history-acts.ts';
import { readerOf } from './history-configuration.ts';
import { lasting, live, type Read, type Shown } from './history-life.ts';
import { type MovedTime, moveTime } from './history-time.ts';

const keys = createKeyRing(newKeyMaterial());
const runs = Number(process.env['SAMSPIL_HISTORY_RUNS'] ?? 100);
const seed = Number(process.env['SAMSPIL_HISTORY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** A failure is shrunk when asked for: it takes a minute. */
const endOnFailure = process.env['SAMSPIL_HISTORY_SHRINK'] === undefined;
let time: MovedTime;
let hub: Hub;
let dpo: string;
let run = 0;

const open = async (database: TestDatabase): Promise<void> => {
  time = await moveTime(database);
  const { pool, clock } = time;
  hub = await createHub(pool, {
    keys,
    clock,
    // Nobody seals here, and years pass in a second.
    accessLog: createAccessLog(pool, keys, { clock, sealStopMs: 1e14 }),
    config: { ...config, rateLimitPerMinute: 10_000_000 },
    unchecked: true,
  });
  dpo = await hub.token(personaNamed('dpo'), lasting);
};

const two = (n: number): string => String(n).padStart(2, '0');
/** Two grown-ups and a child who turns 15 in a hundred days; nobody was in an earlier history. */
const numbersOf = (n: number): readonly string[] => {
  const birth = new Date(Date.now() + 100 * 86_400_000);
  const serial = String(n % 1000).padStart(3, '0');
  const year = two((birth.getUTCFullYear() - 15) % 100);
  return [
    `${two(1 + (n % 28))}0170${`3${serial}`}`,
    `${two(1 + (n % 28))}0280${`3${serial}`}`,
    `${two(birth.getUTCDate())}${two(birth.getUTCMonth() + 1)}${year}4${serial}`,
  ];
};

const tables = `citizen, record, record_body, link, change, unit_version, statute_version, source_version, access_log, log_seal,
  log_unsealed`;
/** What an earlier history said must not be found by the next one, which begins at the real time again. */
const empty = async (): Promise<void> => {
  await time.pool.query(`alter table access_log disable trigger user; alter table log_seal disable trigger user;
    truncate ${tables} cascade;
    alter table access_log enable trigger user; alter table log_seal enable trigger user`);
};

interface Told {
  readonly record: string;
  readonly kind: string;
  readonly show: string;
}
const explained = async (read: Read, citizen: string): Promise<readonly Told[]> => {
  const { sector, said } = readerOf[read.reader];
  const query = new URLSearchParams({ reader: read.person, at: read.at.toISOString(), limit: '1000', sector, ...said });
  const answer = await hub.app.inject({
    url: `/v1/citizens/${citizen}/explain?${query.toString()}`,
    headers: { authorization: `Bearer ${dpo}` },
  });
  // Nobody the log knows: they were never answered.
  if (answer.statusCode === 400) return [];
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().decisions;
};
/** The same of the decision itself, with what a text was shown without. */
const decided = async (read: Read, citizen: string): Promise<ReadonlyMap<string, Decision>> => {
  const { sector, said } = readerOf[read.reader];
  const { person, at } = read;
  const reader = await askedReader(time.pool, { person, purpose: 'coordinated-plan', at, sector, said });
  const decisions = reader === undefined ? [] : await explainAt(time.pool, reader, citizen, at);
  return new Map(decisions.map((one) => [one.recordId, one]));
};
const logged = async (read: Read): Promise<ReadonlyMap<string, readonly string[]>> => {
  const { rows } = await time.pool.query<{ correlation: string; records: string[] }>(
    'select correlation, records from access_log where correlation = any($1)',
    [[...read.correlations.values()]],
  );
  const byCorrelation = new Map(rows.map((row) => [row.correlation, row.records]));
  return new Map([...read.correlations].map(([id, name]) => [id, byCorrelation.get(name) ?? []]));
};

/** Everything shown that is now this citizen's: under an id that lives on in theirs, or under their number with another. */
const shownOf = (
  read: Read,
  lives: ReadonlyMap<string, string>,
  citizen: string,
  shown: ReadonlyMap<string, readonly string[]>,
) =>
  [...shown].flatMap(([id, records]) =>
    lives.get(id) === citizen
      ? records
      : records.filter((record) =>
          read.owners.get(record)?.some(({ under, home }) => under === id && lives.get(home) === citizen),
        ),
  );
const sorted = (ids: readonly string[]): readonly string[] => [...new Set(ids)].toSorted();
const idsOf = (shown: readonly Shown[]): readonly string[] => shown.map(({ id }) => id);

const tally = { reads: 0, shown: 0, kinds: new Set<string>() };
const check = async (acts: readonly Act[]): Promise<void> => {
  await empty();
  await time.reset();
  run += 1;
  const { reads, lives } = await live(hub, time, run, numbersOf(run), acts);
  for (const read of reads) {
    const inLog = await logged(read);
    for (const [id, shown] of read.shown) expect(sorted(inLog.get(id) ?? [])).toEqual(sorted(idsOf(shown)));
    for (const citizen of new Set(lives.values())) {
      const told = (await explained(read, citizen)).filter(({ kind, show }) =>
        read.what === 'plan' ? show === 'content' : kind === 'appointment' && (show === 'content' || show === 'busy'),
      );
      const expected = sorted(shownOf(read, lives, citizen, inLog));
      expect(sorted(told.map(({ record }) => record)), `${read.reader} ${read.what}`).toEqual(expected);
      const decisions = await decided(read, citizen);
      for (const { record, show } of told) expect(decisions.get(record)?.show).toBe(show);
      for (const { id, whole } of [...read.shown.values()].flat())
        if (whole !== undefined && expected.includes(id)) expect(whole, id).toBe(decisions.get(id)?.stripped === false);
      tally.reads += 1;
      tally.shown += expected.length;
      if (expected.length > 0) tally.kinds.add(`${read.reader} ${read.what}`);
    }
  }
};

/** @param joining how often numbers are joined and parted, among everything else that happens */
export const checkHistories = async (database: TestDatabase, joining: number): Promise<void> => {
  await open(database);
  await fc.assert(fc.asyncProperty(historyWith(joining), check), { numRuns: runs, seed, endOnFailure });
  console.info(`${runs} histories, ${tally.reads} reads asked about, ${tally.shown} records shown, seed ${seed}`);
  // Worth something only if nearly everybody was shown something.
  expect(tally.kinds.size).toBeGreaterThan(runs < 50 ? 0 : 8);
};
