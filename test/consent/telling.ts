// A source in memory that tells what its citizens consent to, through the real mapping engine and the real pipeline, for
// tests of what becomes of it. What it holds can be changed between runs.
import { z } from 'zod';
import type { Page } from '../../src/adapter/contract.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import { compileMappings } from '../../src/mapping/compile.ts';
import { mappingFormat } from '../../src/mapping/format.ts';
import { fetchHistory } from '../../src/pipeline/history.ts';
import { runSync } from '../../src/pipeline/run.ts';
import type { PipelineDeps, SyncKind, SyncSource } from '../../src/pipeline/source.ts';
import type { ConsentBelief } from '../../src/pipeline/told-consents.ts';
import { createRun } from '../../src/store/runs.ts';

const mapping = `
mapping: told.consent
to: consent
version: 1
key: id
subject: { cpr: cpr }
fields:
  decision: decision
  status: status
  recipient: recipient
  domains: domains
  kinds: kinds
  purposes: purposes
  upTo: upTo
  from: from
  to: to
  givenAt: given
limitedBy: { path: only, present: true }
updatedAt: { from: at, as: instant }
`;

/** The same, once for each of those it names. */
const several = mapping
  .replace('recipient: recipient', 'recipient: .')
  .replace('fields:', 'each: "names[]"\npart: { from: . }\nfields:')
  .replaceAll(/^( {2}\w+): (\w+)$/gm, '$1: ^$2')
  .replace('from: at', 'from: ^at');

/** As it stands in the source; what is absent is not said. */
export interface ToldBody {
  readonly cpr: string | readonly string[];
  readonly decision?: string;
  readonly status?: string;
  readonly recipient?: string;
  readonly names?: readonly string[];
  readonly domains?: readonly string[];
  readonly kinds?: readonly string[];
  readonly purposes?: readonly string[];
  readonly upTo?: string;
  readonly from?: string;
  readonly to?: string;
  readonly given?: string;
  readonly only?: string;
  readonly at?: string;
}

export const belief = (more: Partial<ConsentBelief> = {}): ConsentBelief => ({
  mayGrant: ['social', 'employment'],
  known: ['coordinated-plan', 'statistics'],
  upTo: 'confidential',
  openEnded: false,
  recipients: { Jobcentret: 'unit:job' },
  ...more,
});

export interface Telling {
  readonly held: Map<string, ToldBody>;
  readonly source: (consents: ConsentBelief | undefined, guard?: SyncSource['guard']) => SyncSource;
  /** One page: what is named is told, the rest is left as it was. */
  tell(from: SyncSource, keys: readonly string[], deleted?: readonly string[]): Promise<void>;
  /** Everything it holds; what is missing is swept under the guard. */
  tellAll(from: SyncSource): Promise<number>;
  /** What it has about one citizen, as asked for when somebody enrols. */
  tellOf(from: SyncSource, citizenId: string): Promise<void>;
}

/** `names`: each record names several. */
export const telling = (deps: () => PipelineDeps, names = false): Telling => {
  const held = new Map<string, ToldBody>();
  const spec = mappingFormat.parse(parseYaml(names ? several : mapping, 'told'));
  const compiled = compileMappings([{ file: 'told/consent.yaml', system: 'told', kind: 'consent', spec }], new Map());
  let next: Page<unknown> = { records: [], deleted: [], checkpoint: {} };
  const all = (): Page<unknown>['records'] => [...held].map(([key, body]) => ({ key, body: { id: key, ...body } }));
  const run = async (source: SyncSource, want: 'next' | 'reconcile'): Promise<number> => {
    const [kind] = source.kinds;
    if (kind === undefined) throw new Error('no kind');
    const runId = await createRun(deps().pool, {
      source: 'told',
      kind: 'consent',
      mode: 'incremental',
      trigger: 'test',
    });
    const { counts } = await runSync(deps(), { source, kind, runId, want, signal: AbortSignal.timeout(20_000) });
    return counts.held;
  };
  return {
    held,
    source: (consents, guard = { count: 1000, share: 1 }) => ({
      name: 'told',
      journalBaseUrl: undefined,
      master: false,
      guard,
      ...(consents === undefined ? {} : { consents }),
      kinds: [
        {
          name: 'consent',
          spec: {
            title: 'Consents',
            body: z.looseObject({ id: z.string() }),
            checkpoint: z.looseObject({}),
            capabilities: { mode: 'incremental', deletes: 'unseen' },
          },
          mapping: compiled.get('consent'),
          domain: 'shared',
          sensitivity: 'normal',
          ownerUnit: 'social',
          keyIsCpr: false,
          mixed: false,
        } satisfies SyncKind,
      ],
      open: async () => ({
        pull: {
          consent: async function* () {
            yield next;
          },
        },
        byCitizen: {
          consent: async function* ({ cpr }) {
            yield { ...next, records: all().filter(({ key }) => held.get(key)?.cpr === cpr), deleted: [] };
          },
        },
        probe: async () => ({ up: true, ms: 0 }),
        close: async () => undefined,
      }),
    }),
    tell: async (source, keys, deleted = []) => {
      next = { records: all().filter(({ key }) => keys.includes(key)), deleted, checkpoint: {} };
      await run(source, 'next');
    },
    tellAll: async (source) => {
      next = { records: all(), deleted: [], checkpoint: {} };
      return run(source, 'reconcile');
    },
    tellOf: async (source, citizenId) => {
      const runId = await createRun(deps().pool, { source: 'told', kind: '*', mode: 'citizen', trigger: 'test' });
      await fetchHistory(deps(), { source, citizenId, runId, signal: AbortSignal.timeout(20_000) });
    },
  };
};
