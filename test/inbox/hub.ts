// A hub with one inbox over a folder, as an operator would configure it, on a real database: messages are dropped or
// posted, both kinds are pulled, and the state of the store is one text that two runs can be compared by.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fhirInbox } from '../../adapters/fhir-inbox/index.ts';
import type { Receipt } from '../../src/adapter/contract.ts';
import { systemClock } from '../../src/clock.ts';
import { hubConfig } from '../../src/config/hub.ts';
import { composeHub, type Hub, inboxOf } from '../../src/main.ts';
import { parseNumber } from '../../src/model/cpr.ts';
import { runSync } from '../../src/pipeline/run.ts';
import { createKeyRing, newKeyMaterial } from '../../src/store/crypto.ts';
import type { Pool } from '../../src/store/db.ts';
import { enrol } from '../../src/store/enrolment.ts';
import { createRun, type RunCounts } from '../../src/store/runs.ts';
import { quietLog } from '../pipeline/toy.ts';

const keys = createKeyRing(newKeyMaterial());

const filled = [
  'inbox_message',
  'link',
  'record_version',
  'record_body',
  'record',
  'change',
  'sync_state',
  'load_page',
  'load_history',
  'field_seen',
  'drift',
  'quarantine',
  'run',
];

export interface InboxHub {
  readonly hub: Hub;
  readonly folder: string;
  enrol(cpr: string): Promise<string>;
  /** A file in the watched folder. */
  drop(bundle: object | string, name?: string): Promise<void>;
  post(bundle: object | string): Promise<Receipt>;
  pull(kinds?: readonly string[]): Promise<readonly RunCounts[]>;
  /** Everything stored of the citizens' records, in an order of its own. */
  state(): Promise<string>;
  files(sub?: string): Promise<readonly string[]>;
  /** As new: no records, no messages, no files. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export const openInboxHub = async (pool: Pool, more: Readonly<Record<string, string>> = {}): Promise<InboxHub> => {
  const folder = await mkdtemp(join(tmpdir(), 'samspil-inbox-'));
  const settings = { transport: 'folder', folder, settleSeconds: '0', after: 'delete', ...more };
  const config = hubConfig.parse({
    municipality: { code: '0999', name: 'Egevang' },
    enrolmentBases: [{ code: 'lab-40-3', title: 'LAB § 40 stk. 3' }],
    sources: {
      region: {
        adapter: 'fhir-inbox',
        title: 'Regionens beskeder',
        domain: 'health',
        ownerUnit: 'sundhed',
        journalBaseUrl: 'https://omsorg.example',
        config: settings,
      },
    },
  });
  const hub = composeHub({ config, pool, keys, log: quietLog, clock: systemClock, databaseUrl: '' });
  const source = hub.sources.get('region')?.source;
  const own = config.sources['region'];
  if (source === undefined || own === undefined) throw new Error('the source was configured above');
  const text = (bundle: object | string): string => (typeof bundle === 'string' ? bundle : JSON.stringify(bundle));
  let dropped = 0;
  return {
    hub,
    folder,
    async enrol(cpr) {
      const number = parseNumber(cpr);
      if (number === undefined) throw new Error('not a number');
      const { citizenId } = await enrol(pool, keys, ['region'], { number, basis: 'lab-40-3', by: 'test' });
      return citizenId;
    },
    async drop(bundle, name) {
      dropped += 1;
      await writeFile(join(folder, name ?? `m-${dropped}.json`), text(bundle));
    },
    post: (bundle) =>
      fhirInbox.receive?.(
        { contentType: 'application/fhir+json', body: text(bundle) },
        fhirInbox.config.parse(settings),
        { log: quietLog, clock: systemClock, ...inboxOf('region', own, { pool, keys }) },
      ) ?? Promise.reject(new Error('no receive')),
    async pull(kinds) {
      const counts: RunCounts[] = [];
      for (const kind of source.kinds) {
        if (kinds?.includes(kind.name) === false) continue;
        const run = { source: 'region', kind: kind.name, mode: 'incremental', trigger: 'test' } as const;
        const runId = await createRun(pool, run);
        const signal = AbortSignal.timeout(30_000);
        counts.push((await runSync(hub, { source, kind, runId, want: 'next', signal })).counts);
      }
      return counts;
    },
    async state() {
      const { rows } = await pool.query<{ line: string }>(
        `select r.source_kind || '/' || r.key || ' ' || r.entity || ' ' || r.part || ' ' || encode(r.content_hash, 'hex')
           || ' ' || coalesce((select string_agg(v.citizen_id::text, ',' order by v.citizen_id) from record_version v
                where v.record_id = r.id and v.valid_to = 'infinity'), '') as line
         from record r order by 1`,
      );
      return rows.map((row) => row.line).join('\n');
    },
    files: async (sub = '') =>
      (await readdir(join(folder, sub), { withFileTypes: true }).catch(() => [])).flatMap((entry) =>
        entry.isFile() ? [entry.name] : [],
      ),
    async clear() {
      // Few rows in many tables: deleting them is quicker than truncating, which two hundred orders notice.
      for (const table of filled) await pool.query(`delete from ${table}`);
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
};
