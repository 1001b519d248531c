// A small source in memory for tests of the line: people (master data), cases (a kind others point to) and tasks found
// through a case. Its mappings are compiled by the real engine; what it holds can be changed between runs.
import { z } from 'zod';
import type { Page } from '../../src/adapter/contract.ts';
import { systemClock } from '../../src/clock.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import { compileMappings } from '../../src/mapping/compile.ts';
import { mappingFormat } from '../../src/mapping/format.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import { runSync, type SyncOrder, type SyncOutcome } from '../../src/pipeline/run.ts';
import {
  inPullingOrder,
  type OpenSource,
  type PipelineDeps,
  type SyncKind,
  type SyncSource,
} from '../../src/pipeline/source.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { createRun } from '../../src/store/runs.ts';

export interface ToyRecord {
  readonly key: string;
  readonly body: unknown;
}

/** What the source holds now, by kind. Change it freely between runs. */
export interface ToyData {
  person: ToyRecord[];
  case: ToyRecord[];
  task: ToyRecord[];
  deleted: { person: string[]; case: string[]; task: string[] };
}

const files = (version: number) => [
  `
mapping: toy.person
to: citizen
version: ${version}
key: id
subject: { cpr: cpr }
numbers: { previous: formerCpr }
fields:
  name: name
  address: address
  protection:
    name: { from: protected, as: boolean }
    address: { from: protected, as: boolean }
    until: { from: protectedUntil, optional: true }
unused: [phone]
`,
  `
mapping: toy.case
to: plan
version: ${version}
key: id
subject: { cpr: "persons[].cpr" }
fields:
  type: { code: { value: plan }, display: { value: Handleplan } }
  title: title
  status: { value: active }
  period: { start: { from: start, as: iso-date, optional: true } }
journal: { template: "cases/{id}" }
`,
  `
mapping: toy.task
to: intervention
version: ${version}
key: id
subject: { via: case, key: caseId }
fields:
  type: { value: intervention }
  title: { from: title, else: reject }
  status: { value: active }
links:
  plan: { from: caseId, kind: case }
`,
];

const body = z.looseObject({ id: z.string() });

export const toySource = (
  data: ToyData,
  options: {
    mode?: 'snapshot' | 'incremental';
    pageSize?: number;
    version?: number;
    perCitizen?: boolean;
    kinds?: Partial<Record<'person' | 'case' | 'task', Partial<SyncKind>>>;
    /** Called before each page; may throw to break the pull off. */
    beforePage?: (kind: string, page: number) => void;
  } = {},
): SyncSource => {
  const mode = options.mode ?? 'snapshot';
  const mappings = compileMappings(
    files(options.version ?? 1).map((text) => {
      const spec = mappingFormat.parse(parseYaml(text, 'toy'));
      return { file: `toy/${spec.mapping}.yaml`, system: 'toy', kind: spec.mapping.slice(4), spec };
    }),
    new Map(),
  );
  const kind = (name: 'person' | 'case' | 'task'): SyncKind => ({
    name,
    spec: {
      title: name,
      body,
      checkpoint: z.object({ at: z.number() }),
      capabilities: mode === 'snapshot' ? { mode, deletes: 'absent' } : { mode, deletes: 'reported' },
    },
    mapping: mappings.get(name),
    domain: 'social',
    sensitivity: 'normal',
    ownerUnit: 'unit-social',
    keyIsCpr: false,
    mixed: false,
    ...options.kinds?.[name],
  });
  const size = options.pageSize ?? 2;
  const pull = (name: 'person' | 'case' | 'task') =>
    async function* ({ after }: { after: never }): AsyncIterable<Page<unknown>> {
      let at = (after as { at: number } | null)?.at ?? 0;
      const all = data[name];
      let n = 0;
      do {
        options.beforePage?.(name, n++);
        const records = all.slice(at, at + size);
        at += records.length;
        const last = at >= all.length;
        yield {
          records,
          deleted: last ? data.deleted[name] : [],
          checkpoint: { at },
          ...(mode === 'snapshot' ? { total: all.length } : {}),
        };
      } while (at < all.length);
    };
  const about = (name: 'person' | 'case' | 'task', cpr: string): ToyRecord[] => {
    const cases = data.case.filter((c) =>
      (c.body as { persons: { cpr: string }[] }).persons.some((p) => p.cpr === cpr),
    );
    if (name === 'case') return cases;
    if (name === 'person') return data.person.filter((p) => (p.body as { cpr: string }).cpr === cpr);
    return data.task.filter((t) => cases.some((c) => c.key === (t.body as { caseId: string }).caseId));
  };
  const byCitizen = (name: 'person' | 'case' | 'task') =>
    async function* ({ cpr }: { cpr: string }): AsyncIterable<Page<unknown>> {
      yield { records: about(name, cpr), deleted: [], checkpoint: null };
    };
  const opened: OpenSource = {
    pull: { person: pull('person'), case: pull('case'), task: pull('task') },
    ...(options.perCitizen === true
      ? { byCitizen: { person: byCitizen('person'), case: byCitizen('case'), task: byCitizen('task') } }
      : {}),
    probe: async () => ({ up: true, ms: 0 }),
    close: async () => undefined,
  };
  return {
    name: 'toy',
    journalBaseUrl: 'https://journal.example',
    master: true,
    guard: { count: 2, share: 0.5 },
    kinds: inPullingOrder([kind('task'), kind('case'), kind('person')]),
    open: async () => opened,
  };
};

export const quietLog: Logger = createLogger({ level: 'error', destination: { write: () => undefined } });

export const toyDeps = (pool: Pool): PipelineDeps => ({
  pool,
  keys: createKeyRing(newKeyMaterial()),
  clock: systemClock,
  log: quietLog,
  quarantineRetention: 86_400_000,
});

/** Pulls the given kinds (default all, in order). */
export const syncToy = async (
  deps: PipelineDeps,
  source: SyncSource,
  want: SyncOrder['want'] = 'next',
  kinds: readonly string[] = source.kinds.map((kind) => kind.name),
): Promise<readonly SyncOutcome[]> => {
  const outcomes: SyncOutcome[] = [];
  for (const kind of source.kinds.filter((candidate) => kinds.includes(candidate.name))) {
    const runId = await createRun(deps.pool, {
      source: source.name,
      kind: kind.name,
      mode: 'incremental',
      trigger: 'test',
    });
    outcomes.push(await runSync(deps, { source, kind, runId, want, signal: new AbortController().signal }));
  }
  return outcomes;
};

/** Enrols a number; returns citizen and enrolment ids. */
export const enrolToy = async (
  deps: PipelineDeps,
  number: string,
): Promise<{ citizenId: string; enrolmentId: string }> => {
  const parsed = parseNumber(number);
  if (parsed === undefined) throw new Error('not a number');
  return enrol(deps.pool, deps.keys, ['toy'], { number: parsed, basis: 'lab-40-3', by: 'test' });
};

export interface StoredRecord {
  readonly key: string;
  readonly entity: string;
  readonly citizens: readonly string[];
  readonly stale: boolean;
}

/** Current records with their citizens, by key. */
export const storedRecords = async (pool: Pool): Promise<readonly StoredRecord[]> => {
  const { rows } = await pool.query<StoredRecord>(
    `select r.key, r.entity, r.stale_since is not null as stale,
       coalesce((select array_agg(v.citizen_id::text order by v.citizen_id) from record_version v where v.record_id = r.id and v.valid_to = 'infinity'),
                (select array_agg(c.citizen_id::text order by c.citizen_id) from citizen_record c where c.record_id = r.id), '{}') as citizens
     from record r order by r.entity, r.key`,
  );
  return rows;
};

export const changesOf = async (
  pool: Pool,
  after = 0,
): Promise<readonly { op: string; citizen_id: string; record_id: string | null }[]> =>
  (
    await pool.query<{ op: string; citizen_id: string; record_id: string | null }>(
      'select op, citizen_id, record_id from change where position > $1 order by position',
      [after],
    )
  ).rows;

export const lastPosition = async (pool: Pool): Promise<number> =>
  (await pool.query<{ p: number }>('select coalesce(max(position), 0)::int as p from change')).rows[0]?.p ?? 0;

/** Two adults and a third who fail modulus 11 and cannot belong to anyone. */
export const [anna, bo, carl] = ['0702751238', '1503821119', '2109901117'] as const;

export const person = (key: string, cpr: string, name: string, more: object = {}): ToyRecord => ({
  key,
  body: { id: key, cpr, name, ...more },
});
export const caseOf = (key: string, cprs: readonly string[], title: string): ToyRecord => ({
  key,
  body: { id: key, persons: cprs.map((cpr) => ({ cpr })), title },
});
export const task = (key: string, caseId: string, title: string): ToyRecord => ({
  key,
  body: { id: key, caseId, title },
});
export const noData = (): ToyData => ({ person: [], case: [], task: [], deleted: { person: [], case: [], task: [] } });
