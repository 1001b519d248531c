// The whole line for tests: a toy source, the real pipeline and database, and the real feed asked by persona. Consents
// are said by the citizens themselves, over the feed.
import type { LightMyRequestResponse } from 'fastify';
import { hubConfig } from '../../src/config/hub.ts';
import { applyConfiguration } from '../../src/consent/apply.ts';
import { answersPerCitizen, fetchHistory, shareReload } from '../../src/pipeline/history.ts';
import type { PipelineDeps, SyncSource } from '../../src/pipeline/source.ts';
import { createAccessLog } from '../../src/store/access-log.ts';
import { pendingFetches } from '../../src/store/fetches.ts';
import { createRun } from '../../src/store/runs.ts';
import { createHub, type Hub } from '../feed/fixture.ts';
import { syncToy, type ToyData, toyDeps, toySource } from '../pipeline/toy.ts';
import type { TestDatabase } from '../postgres.ts';
import type { PersonaId } from '../sandbox/personas.ts';

export const lineConfig = hubConfig.parse({
  municipality: { code: '0999', name: 'Egevang' },
  purposes: ['coordinated-plan'],
  enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
  units: [
    { id: 'egevang', name: 'Egevang Kommune', type: 'organisation' },
    { id: 'jobcenter', name: 'Jobcentret', parent: 'egevang' },
    { id: 'social', name: 'Socialforvaltningen', parent: 'egevang' },
    { id: 'sundhed', name: 'Sundhed', parent: 'egevang' },
  ],
  consumers: [{ id: 'borgerportal', organisation: 'egevang-borgerportal', contact: 'x@egevang.example' }],
  sources: { toy: { adapter: 'toy', title: 'Toy', domain: 'social', master: 'yes', freshFor: '1h' } },
  masterDataOrder: ['toy'],
});

const owned = { ownerUnit: 'social' } as const;
const lists = ['plans', 'goals', 'interventions', 'contacts', 'appointments'] as const;

interface FollowedPage {
  readonly entries: readonly { readonly op: string; readonly citizen: string; readonly id: string }[];
  readonly more: boolean;
  readonly cursor: string;
}

export interface Line {
  readonly deps: PipelineDeps;
  readonly feed: Hub;
  source(data: ToyData, options?: Parameters<typeof toySource>[1]): SyncSource;
  /** Pulls all kinds (or those named), then fetches the history of all who wait for it, as the worker does. */
  pull(source: SyncSource, kinds?: readonly string[]): Promise<void>;
  /** The titles a persona reads in a citizen's plan, or the status when there is no plan. */
  titles(persona: PersonaId, citizen: string): Promise<readonly string[] | number>;
  plan(persona: PersonaId, citizen: string): Promise<LightMyRequestResponse>;
  /** What the consumer system holds after following `changes` to its end: citizens by record, master data among them. */
  follow(): Promise<ReadonlyMap<string, string>>;
  /** The consumer system begins anew. */
  forget(): void;
  /** A grant or refusal by the citizen. @returns its id. */
  say(citizen: string, body: object): Promise<string>;
}

export const openLine = async (database: TestDatabase): Promise<Line> => {
  const deps = toyDeps(database.pool());
  await applyConfiguration(deps.pool, {
    units: lineConfig.units,
    statutes: [],
    sources: [{ source: 'toy', domain: 'social', existenceShown: false }],
  });
  const accessLog = createAccessLog(deps.pool, deps.keys);
  const feed = await createHub(deps.pool, { keys: deps.keys, config: lineConfig, accessLog });
  const held = new Map<string, string>();
  let cursor: string | undefined;
  const as = (persona: PersonaId, citizen: string) => (persona === 'citizen' ? { citizen } : {});
  const plan: Line['plan'] = (persona, citizen) =>
    feed.ask(persona, `/v1/citizens/${citizen}/plan`, as(persona, citizen));
  return {
    deps,
    feed,
    source: (data, options) =>
      toySource(data, { ...options, kinds: { person: owned, case: owned, task: owned, ...options?.kinds } }),
    async pull(source, kinds) {
      await syncToy(deps, source, 'next', kinds);
      const opened = await source.open();
      const waiting = await pendingFetches(deps.pool, source.name, 100);
      if (waiting.length > 0 && !answersPerCitizen(source, opened))
        await syncToy(deps, source, 'next', await shareReload(deps, source));
      else
        for (const { citizenId } of waiting) {
          const runId = await createRun(deps.pool, {
            source: source.name,
            kind: '*',
            mode: 'citizen',
            trigger: 'test',
          });
          await fetchHistory(deps, { source, citizenId, runId, signal: AbortSignal.timeout(10_000) });
        }
    },
    plan,
    async titles(persona, citizen) {
      const answer = await plan(persona, citizen);
      if (answer.statusCode !== 200) return answer.statusCode;
      const body = answer.json() as Record<string, { title?: string }[]>;
      return lists.flatMap((list) => (body[list] ?? []).map((record) => record.title ?? '')).sort();
    },
    async follow() {
      for (;;) {
        const after = cursor === undefined ? '' : `&after=${cursor}`;
        const answer = await feed.ask('consumer-system', `/v1/changes?limit=3${after}`);
        if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
        const page = answer.json() as FollowedPage;
        for (const { op, citizen, id } of page.entries)
          if (op === 'removed') held.delete(`${citizen} ${id}`);
          else held.set(`${citizen} ${id}`, citizen);
        cursor = page.cursor;
        if (!page.more) return new Map(held);
      }
    },
    forget() {
      held.clear();
      cursor = undefined;
    },
    async say(citizen, payload) {
      const url = `/v1/citizens/${citizen}/consents`;
      const answer = await feed.ask('citizen', { method: 'POST', url, payload }, { citizen });
      if (answer.statusCode !== 201) throw new Error(`${answer.statusCode} ${answer.body}`);
      return answer.json().id;
    },
  };
};

/** Removes what an earlier test left: people, records, consents, synchronisation. Units stay. */
export const emptyLine = async (line: Line): Promise<void> => {
  line.forget();
  await line.deps.pool.query(
    `truncate citizen, identity, enrolment, subject_key, citizen_fetch, citizen_fetch_kind, record, record_body, record_version, link,
     citizen_record, protection, change, consent, sync_state, load_page, run, quarantine, held_deletion, drift, breaker, merge_log,
     representation, emergency_access, consumer, consumer_hold, consumer_page, purge cascade`,
  );
};
