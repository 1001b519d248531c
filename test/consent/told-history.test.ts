// Random histories of a source that tells consents (made, changed, withdrawn, deleted, told again, told late) with the
// citizen's own acts in the hub between them: after every step each reader sees what the model in a few lines says, no grant
// is wider than what the source wrote, and none that a person has ended is in force. RUNS=… for more.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../src/consent/actor.ts';
import type { ConsentInput } from '../../src/consent/consent-input.ts';
import { declareConsent, withdrawConsent } from '../../src/consent/consents.ts';
import { visibleRecords } from '../../src/consent/decide.ts';
import type { PipelineDeps } from '../../src/pipeline/source.ts';
import { anna, enrolToy, toyDeps } from '../pipeline/toy.ts';
import { useDatabase } from '../postgres.ts';
import { actor, newRecord } from './people.ts';
import { belief, type ToldBody, telling } from './telling.ts';
import { type Domain, domains, type Held, hear, nothing, shows, vanish, type Word, withdraw } from './told-model.ts';

const database = useDatabase();
let deps: PipelineDeps;
const told = telling(() => deps);
const source = told.source(belief());
const keys = ['a', 'b'] as const;
type Key = (typeof keys)[number];

type Act =
  | { readonly act: 'write' | 'say'; readonly key: Key; readonly word: Omit<Word, 'at'> }
  | { readonly act: 'delete' | 'tell' | 'late' | 'withdraw'; readonly key: Key }
  | { readonly act: 'all' }
  | { readonly act: 'refuse' | 'lift'; readonly domain: Domain };

const key = fc.constantFrom(...keys);
const domain = fc.constantFrom(...domains);
const word: fc.Arbitrary<Omit<Word, 'at'>> = fc.record({
  decision: fc.constantFrom('grant', 'grant', 'grant', 'grant', 'refuse'),
  active: fc.constantFrom(true, true, true, false),
  recipient: fc.constantFrom('unit:job', 'unit:job', 'unit:job', 'role:mentor', 'unknown'),
  domains: fc.oneof(fc.constant(['social']), fc.subarray([...domains, 'kultur'], { minLength: 1 })),
});
const acts: fc.Arbitrary<readonly Act[]> = fc.array(
  fc.oneof(
    { weight: 7, arbitrary: fc.record({ act: fc.constant('say' as const), key, word }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('write' as const), key, word }) },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('late' as const), key }) },
    { weight: 3, arbitrary: fc.record({ act: fc.constant('withdraw' as const), key }) },
    { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('delete' as const, 'tell' as const), key }) },
    { weight: 1, arbitrary: fc.constant({ act: 'all' as const }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('refuse' as const, 'lift' as const), domain }) },
  ),
  { minLength: 12, maxLength: 24, size: 'max' },
);

const bodyOf = ({ at, active, recipient, ...rest }: Word): ToldBody => ({
  ...rest,
  cpr: anna,
  status: active ? 'active' : 'inactive',
  recipient: { 'unit:job': 'Jobcentret', 'role:mentor': 'role:mentor', unknown: 'Kontoret' }[recipient],
  from: '2026-01-01',
  to: '2099-12-31',
  at: new Date(Date.UTC(2026, 1, 1) + at * 60_000).toISOString(),
});

const readers = { 'unit:job': actor({ unit: 'job', role: 'caseworker' }), 'role:mentor': actor({ role: 'mentor' }) };

/** The hub and the model side by side. */
const open = async () => {
  await database
    .pool()
    .query(
      'truncate citizen, consent, sync_state, load_page, run, record, record_version, change, quarantine, look_mark cascade',
    );
  told.held.clear();
  const { citizenId } = await enrolToy(deps, anna);
  const { rows } = await deps.pool.query<{ id: number }>('select id from identity');
  const person = { id: citizenId, number: rows[0]?.id ?? 0 };
  const records = new Map<string, Domain>();
  for (const one of domains) records.set(await newRecord(deps.pool, person, { domain: one }), one);
  const self: Actor = actor({ kind: 'citizen', person: 'c', sector: 'private', citizen: citizenId });
  const history = new Map<Key, Word[]>();
  const held = new Map<Key, Held>(keys.map((one) => [one, nothing]));
  const refused = new Map<Domain, string>();
  let clock = 0;
  const heldOf = (one: Key): Held => held.get(one) ?? nothing;
  const hearNow = (one: Key): void => {
    const newest = history.get(one)?.at(-1);
    if (newest !== undefined && told.held.has(one)) held.set(one, hear(heldOf(one), newest));
  };
  const inForce = async () =>
    (
      await deps.pool.query<{ id: string; decision: string; domains: string[] | null; key: string }>(
        `select c.id, c.decision, c.domains, r.key from consent c join record r on r.id = c.source_record
         where c.superseded_at = 'infinity' and not c.withdrawn`,
      )
    ).rows;

  const perform = async (act: Act): Promise<void> => {
    switch (act.act) {
      case 'write':
      case 'say': {
        clock += 1;
        const written = { ...act.word, at: clock };
        history.set(act.key, [...(history.get(act.key) ?? []), written]);
        told.held.set(act.key, bodyOf(written));
        return act.act === 'say' ? perform({ act: 'tell', key: act.key }) : undefined;
      }
      case 'tell':
        hearNow(act.key);
        return told.tell(source, [act.key]);
      case 'late': {
        // An answer that was long on its way: an older version comes after the newer one.
        const older = history.get(act.key)?.at(-2);
        const newest = told.held.get(act.key);
        if (older === undefined || newest === undefined) return;
        told.held.set(act.key, bodyOf(older));
        held.set(act.key, hear(heldOf(act.key), older));
        await told.tell(source, [act.key]);
        told.held.set(act.key, newest);
        return;
      }
      case 'delete':
        told.held.delete(act.key);
        held.set(act.key, vanish(heldOf(act.key)));
        return told.tell(source, [], [act.key]);
      case 'all': {
        for (const one of keys) {
          if (told.held.has(one)) hearNow(one);
          else held.set(one, vanish(heldOf(one)));
        }
        await told.tellAll(source);
        return;
      }
      case 'withdraw': {
        const own = (await inForce()).find((row) => row.key === act.key);
        if (own !== undefined) await withdrawConsent(deps.pool, self, own.id, { keys: deps.keys });
        held.set(act.key, withdraw(heldOf(act.key)));
        return;
      }
      case 'refuse': {
        if (refused.has(act.domain)) return;
        const said: ConsentInput = { decision: 'refuse', domains: [act.domain] };
        refused.set(act.domain, (await declareConsent(deps.pool, self, citizenId, said, { keys: deps.keys })).id);
        return;
      }
      case 'lift': {
        const id = refused.get(act.domain);
        if (id !== undefined) await withdrawConsent(deps.pool, self, id, { keys: deps.keys });
        refused.delete(act.domain);
      }
    }
  };

  const check = async (): Promise<void> => {
    for (const [name, reader] of Object.entries(readers)) {
      const rows = await visibleRecords(deps.pool, reader, { citizens: [citizenId] });
      const seen = rows.map(({ recordId }) => records.get(recordId)).sort();
      const wanted = domains.filter((one) => shows([...held.values()], [...refused.keys()], name, one));
      expect(seen, name).toEqual([...wanted].sort());
    }
    for (const row of await inForce()) {
      const words = history.get(row.key as Key) ?? [];
      const covered = words.some(
        (said) => said.decision === 'grant' && row.domains?.every((one) => said.domains.includes(one)) === true,
      );
      expect(row.decision === 'refuse' || covered).toBe(true);
      expect(heldOf(row.key as Key).barred).not.toContain(row.decision);
    }
  };
  return { perform, check };
};

beforeAll(async () => {
  deps = toyDeps(database.pool());
  await deps.pool.query(
    `insert into unit_version (unit_id, parent_id, name, type) values ('job', null, 'Job', 'unit')`,
  );
});

describe('a source’s consents and the citizen’s own word', () => {
  it('come to what the model says, after every step', async () => {
    let shown = 0;
    await fc.assert(
      fc.asyncProperty(acts, async (history) => {
        const { perform, check } = await open();
        for (const act of history) {
          await perform(act);
          await check();
        }
        shown += 1;
      }),
      { numRuns: Number(process.env['RUNS'] ?? 15) },
    );
    expect(shown).toBeGreaterThan(0);
  }, 600_000);
});
