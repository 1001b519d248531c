// STAR's Det Fælles Datagrundlag: what job centres, a-kasser and other actors have agreed with a citizen about work. Every
// kind is asked for citizen by citizen. What is known of the interface and what is a guess: README.md.
import { type Adapter, defineAdapter, type Page, type ProbeResult, type Source } from '../../src/adapter/contract.ts';
import { asHubError, HubError } from '../../src/errors.ts';
import { createClient, type Row } from './client.ts';
import { type DfdgConfig, dfdgConfig, hostsOf } from './config.ts';
import { createMyPlan } from './my-plan.ts';
import { receiveNotices } from './receive.ts';
import { type DfdgKind, type DfdgKinds, kinds } from './records.ts';

/** What the header takes: calendar days. A replacement number (day + 60) is refused there, so nothing is held under it. */
export const canBeAsked = (cpr: string): boolean => /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{6}$/.test(cpr);

const keys: Readonly<Record<DfdgKind, readonly string[]>> = {
  minPlan: ['minPlanId', 'MyPlanIdentifier'],
  aktivitet: ['aktivitetId', 'ActivityIdentifier'],
  indkaldelse: ['indkaldelseId'],
  rehabiliteringsforloeb: ['rehabiliteringsforloebId'],
};
const keyOf = (kind: DfdgKind, row: Row): string => {
  const found = keys[kind].map((name) => row[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found : '';
};

const pageSize = 1000;

export const dfdg: Adapter<DfdgConfig, DfdgKinds> = defineAdapter({
  name: 'dfdg',
  title: 'STAR, Det Fælles Datagrundlag',
  config: dfdgConfig,
  hosts: hostsOf,
  kinds,
  receive: async (delivery, config) => receiveNotices(delivery, config),
  async open(config, context): Promise<Source<DfdgKinds>> {
    const client = createClient(config, context);
    const myPlan = await createMyPlan(config, context);

    const rowsOf = (kind: DfdgKind, cpr: string, signal: AbortSignal): Promise<readonly Row[]> =>
      myPlan !== undefined && (kind === 'minPlan' || kind === 'aktivitet')
        ? myPlan.rows(kind, cpr, signal)
        : client.rows(kind, cpr, signal);

    async function* ask(
      kind: DfdgKind,
      { cpr, signal }: { readonly cpr: string; readonly signal: AbortSignal },
    ): AsyncGenerator<Page<null>> {
      if (signal.aborted)
        throw new HubError({ code: 'run/cancelled', fault: 'transient', message: 'The run was cancelled.' });
      const answer = canBeAsked(cpr) ? await rowsOf(kind, cpr, signal) : [];
      for (let from = 0; from === 0 || from < answer.length; from += pageSize)
        yield {
          records: answer
            .slice(from, from + pageSize)
            .map((row) => ({ key: keyOf(kind, row), body: { ...row, civilregistrationIdentifier: cpr } })),
          deleted: [],
          checkpoint: null,
        };
    }

    const probe = async (signal: AbortSignal): Promise<ProbeResult> => {
      const started = performance.now();
      const ms = (): number => Math.round(performance.now() - started);
      try {
        await client.probe(signal);
        return { up: true, ms: ms() };
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    };

    return {
      probe,
      pull: {},
      byCitizen: {
        minPlan: (options) => ask('minPlan', options),
        aktivitet: (options) => ask('aktivitet', options),
        indkaldelse: (options) => ask('indkaldelse', options),
        rehabiliteringsforloeb: (options) => ask('rehabiliteringsforloeb', options),
      },
      async close() {},
    };
  },
});
