// Custody and guardians as the CPR register tells them, through the shipped mappings: they represent where configuration
// says so, until the child's age or the register's next word ends it, and no number is kept but as keyed hash.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kinds } from '../../adapters/sf1520/records.ts';
import { visibleRecords } from '../../src/consent/decide.ts';
import { endRepresentation, listRepresentations } from '../../src/consent/representations.ts';
import { shippedMappings } from '../../src/main.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import type { PipelineDeps, SyncKind, SyncSource } from '../../src/pipeline/source.ts';
import { endEnrolment, enrol } from '../../src/store/enrolment.ts';
import { createRun } from '../../src/store/runs.ts';
import { limitRepresentations } from '../../src/store/source-representations.ts';
import { numberHash } from '../../src/store/subjects.ts';
import { actor } from '../consent/people.ts';
import { useDatabase } from '../postgres.ts';
import { toyDeps } from './toy.ts';

const database = useDatabase();
let deps: PipelineDeps;
let child: { readonly citizenId: string; readonly enrolmentId: string };
let body: object | undefined;

const year = new Date().getUTCFullYear();
const numberOf = (born: number): string => `0103${String(born % 100).padStart(2, '0')}4336`;
const childNumber = numberOf(year - 8);
const [mother, father] = ['0303703334', '0404703337'];

const registered = (number: string, custody: readonly object[], more: object = {}): object => ({
  persondata: { personnummer: number, navn: { personadresseringsnavn: 'Ida Vest' }, status: { status: '1' }, ...more },
  relationer: { mor: { personnummer: mother }, far: { personnummer: father }, foraeldremyndighed: custody },
});
const both = [
  { foraeldremyndighedtype: '3', foraeldremyndighedStartdato: { dato: `${year - 8}-03-01` } },
  { foraeldremyndighedtype: '4', foraeldremyndighedStartdato: { dato: `${year - 8}-03-01` } },
];

const source = (representation?: SyncSource['representation']): SyncSource => {
  const kind: SyncKind = {
    name: 'person',
    spec: kinds.person,
    mapping: loadMappings([shippedMappings], 'sf1520').get('person'),
    domain: 'shared',
    sensitivity: 'normal',
    ownerUnit: 'kommunen',
    keyIsCpr: true,
    mixed: false,
  };
  const page = () => ({
    records: body === undefined ? [] : [{ key: childNumber, body }],
    deleted: [],
    checkpoint: null,
  });
  return {
    name: 'cpr',
    journalBaseUrl: undefined,
    master: true,
    guard: { count: 1000, share: 1 },
    kinds: [kind],
    ...(representation === undefined ? {} : { representation }),
    open: async () => ({
      pull: {},
      byCitizen: {
        person: async function* () {
          yield page() as never;
        },
      },
      probe: async () => ({ ok: true }) as never,
      close: async () => undefined,
    }),
  };
};
const believed = { custodyUntil: 15, guardianDomains: [] as string[] };

const fetch = async (from: SyncSource): Promise<void> => {
  const runId = await createRun(deps.pool, { source: 'cpr', kind: '*', mode: 'citizen', trigger: 'test' });
  await fetchHistory(deps, { source: from, citizenId: child.citizenId, runId, signal: AbortSignal.timeout(10_000) });
};
const person = (number: string) =>
  actor({ kind: 'representative', person: 'p', sector: 'private', numberHash: numberHash(deps.keys, number) });
const sees = async (number: string, at?: Date): Promise<boolean> =>
  (
    await visibleRecords(deps.pool, person(number), {
      citizens: [child.citizenId],
      ...(at === undefined ? {} : { at }),
    })
  ).length > 0;
const listed = () => listRepresentations(deps.pool, deps.keys, actor({ kind: 'dpo', person: 'dpo' }), child.citizenId);

beforeAll(() => {
  deps = toyDeps(database.pool());
});
beforeEach(async () => {
  await database
    .pool()
    .query('truncate citizen, sync_state, load_page, run, record, record_body, link, change cascade');
  const number = parseNumber(childNumber);
  if (number === undefined) throw new Error('not a number');
  child = await enrol(deps.pool, deps.keys, ['cpr'], { number, basis: 'lab-40-3', by: 'test' });
  body = registered(childNumber, both);
});

describe('custody from the register', () => {
  it('represents where it is believed, until the child is 15, and no number is kept', async () => {
    await fetch(source());
    expect([await sees(mother), await listed()]).toEqual([false, []]);
    await fetch(source(believed));
    expect([await sees(mother), await sees(father)]).toEqual([true, true]);
    expect((await listed()).map(({ name, type, to }) => [name, type, to]).sort()).toEqual([
      ['Far', 'custody', `${year + 7}-02-${new Date(Date.UTC(year + 7, 2, 0)).getUTCDate()}`],
      ['Mor', 'custody', `${year + 7}-02-${new Date(Date.UTC(year + 7, 2, 0)).getUTCDate()}`],
    ]);
    expect(await sees(mother, new Date(Date.UTC(year + 7, 1, 28, 12)))).toBe(true);
    expect(await sees(mother, new Date(Date.UTC(year + 7, 2, 1, 12)))).toBe(false);
    const { rows } = await database
      .pool()
      .query(
        `select b::text from record_body b union all select r::text from representation r union all select c::text from change c`,
      );
    for (const number of [mother, father]) expect(JSON.stringify(rows)).not.toContain(number);
  });

  it.each([
    ['no end', { foraeldremyndighedSletdato: '9999-12-31' }],
    ['no beginning', { foraeldremyndighedStartdato: { dato: '0001-01-01' } }],
  ])('understands what registers write for %s', async (_, said) => {
    body = registered(childNumber, [{ ...both[0], ...said }]);
    await fetch(source(believed));
    expect(await sees(mother)).toBe(true);
  });

  it('ends when the register no longer says so, and again when it says otherwise', async () => {
    await fetch(source(believed));
    body = registered(childNumber, both.slice(0, 1));
    await fetch(source(believed));
    expect([await sees(mother), await sees(father)]).toEqual([true, false]);
    await fetch(source(believed));
    expect(await listed()).toHaveLength(3);
    body = registered(childNumber, both);
    await fetch(source(believed));
    expect(await sees(father)).toBe(true);
    body = undefined;
    await fetch(source(believed));
    expect([await sees(mother), await sees(father)]).toEqual([false, false]);
  });

  it('follows the number when another person becomes the mother of record', async () => {
    await fetch(source(believed));
    const other = '0505703334';
    body = { ...registered(childNumber, both), relationer: { mor: { personnummer: other }, foraeldremyndighed: both } };
    await fetch(source(believed));
    expect([await sees(mother), await sees(other), await sees(father)]).toEqual([false, true, false]);
  });

  it('of a young person who is party to their own case is not recorded at all', async () => {
    body = registered(childNumber, [{ ...both[0], foraeldremyndighedSletdato: `${year - 1}-03-01` }]);
    await fetch(source(believed));
    await fetch(source({ ...believed, custodyUntil: 0 }));
    expect(await listed()).toEqual([]);
  });

  it('that staff have ended stays ended until the register says something else', async () => {
    await fetch(source(believed));
    const [held] = (await listed()).filter(({ name }) => name === 'Far');
    const staff = actor({ person: 's', unit: 'kommunen', scopes: ['consents.write'] });
    await endRepresentation(deps.pool, staff, held?.id ?? '', { keys: deps.keys, evidence: 'Familieretshuset' });
    body = registered(childNumber, both, { stilling: 'x' });
    await fetch(source(believed));
    expect([await sees(mother), await sees(father)]).toEqual([true, false]);
    body = registered(childNumber, [
      both[0] ?? {},
      { ...both[1], foraeldremyndighedStartdato: { dato: `${year}-01-02` } },
    ]);
    await fetch(source(believed));
    expect(await sees(father)).toBe(true);
  });

  it('goes with the enrolment, and when the configuration no longer believes the source or lowers the age', async () => {
    await fetch(source(believed));
    await limitRepresentations(deps.pool, deps.keys, { sources: ['cpr'], custodyUntil: 15 });
    expect(await listed()).toHaveLength(2);
    await limitRepresentations(deps.pool, deps.keys, { sources: ['cpr'], custodyUntil: 8 });
    expect([await sees(mother), (await listed()).length]).toEqual([new Date() < new Date(Date.UTC(year, 2, 1)), 4]);
    await fetch(source({ ...believed, custodyUntil: 18 }));
    expect(await sees(mother)).toBe(true);
    await limitRepresentations(deps.pool, deps.keys, { sources: [], custodyUntil: 18 });
    expect(await sees(mother)).toBe(false);
    await fetch(source({ ...believed, custodyUntil: 16 }));
    expect(await sees(mother)).toBe(true);
    await limitRepresentations(deps.pool, deps.keys, { sources: [], custodyUntil: 16 });
    expect(await sees(mother)).toBe(false);
    // Believed again by the very settings it was stored by: the record came word for word as before.
    await fetch(source({ ...believed, custodyUntil: 16 }));
    expect(await sees(mother)).toBe(true);
    await endEnrolment(deps.pool, child.enrolmentId, 'test');
    const { rows } = await database
      .pool()
      .query(`select from representation where superseded_at = 'infinity' and not ended`);
    expect(rows).toEqual([]);
  });
});

it('a protection until what registers write for no end is one', async () => {
  body = registered(childNumber, [], { adressebeskyttelse: { beskyttet: 'true', slutdato: '9999-12-31' } });
  await fetch(source());
  const { rows } = await database.pool().query('select valid_to > now() as holds from protection');
  expect(rows).toEqual([{ holds: true }]);
});

describe('a guardian in the register', () => {
  it('represents in the domains that are configured and in no others', async () => {
    body = registered(childNumber, [], {
      umyndiggoerelse: { umyndiggjort: 'true', umyndiggorelseRelationType: '1', relationPersonnummer: mother },
    });
    await fetch(source(believed));
    expect(await sees(mother)).toBe(false);
    await fetch(source({ ...believed, guardianDomains: ['social'] }));
    expect([await sees(mother), (await listed())[0]]).toEqual([
      false,
      expect.objectContaining({ type: 'guardian', form: '6', domains: ['social'] }),
    ]);
    await fetch(source({ ...believed, guardianDomains: ['shared'] }));
    expect(await sees(mother)).toBe(true);
  });
});
