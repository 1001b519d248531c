// KOMBIT's SF1520: the CPR register, asked for one enrolled citizen after the other. Whom it knows by another number now
// is asked for by that one. What is known of the interface and what is a guess: README.md.
import {
  type Adapter,
  type ByCitizenOptions,
  defineAdapter,
  type Page,
  type ProbeResult,
  type Source,
} from '../../src/adapter/contract.ts';
import { textAt } from '../../src/adapter/soap.ts';
import type { XmlObject } from '../../src/adapter/xml.ts';
import { asHubError } from '../../src/errors.ts';
import { createLookup, type Lookup } from './client.ts';
import { hostsOf, type Sf1520Config, sf1520Config } from './config.ts';
import { receiveBesked } from './receive.ts';
import { kinds, type Sf1520Kinds } from './records.ts';

/** No operation tells of nobody: the service is asked whether it is there. */
const alive = [400, 405, 406, 411, 415, 500, 501];

const isNumber = (text: string | undefined): text is string => text !== undefined && /^\d{10}$/.test(text);

/** The person as of now, by the number in force; the one asked for is told beside it where they differ. */
const personOf = async (lookup: Lookup, cpr: string, signal: AbortSignal): Promise<XmlObject | undefined> => {
  const asked = await lookup(cpr, signal);
  const current = textAt(asked, 'persondata', 'gaeldendePersonnummer');
  if (asked === undefined || !isNumber(current) || current === cpr) return asked;
  const now = await lookup(current, signal);
  const person = now ?? asked;
  const persondata = { ...(person['persondata'] as XmlObject), personnummer: current };
  return { ...person, persondata, tidligerePersonnummer: cpr };
};

async function* ask(lookup: Lookup, { cpr, signal }: ByCitizenOptions): AsyncGenerator<Page<null>> {
  const body = await personOf(lookup, cpr, signal);
  const records = body === undefined ? [] : [{ key: textAt(body, 'persondata', 'personnummer') ?? '', body }];
  yield { records, deleted: [], checkpoint: null };
}

export const sf1520: Adapter<Sf1520Config, Sf1520Kinds> = defineAdapter({
  name: 'sf1520',
  title: 'CPR-registret (SF1520)',
  config: sf1520Config,
  hosts: hostsOf,
  kinds,
  receive: async (delivery, config) => receiveBesked(delivery, config),
  async open(config, context): Promise<Source<Sf1520Kinds>> {
    const lookup = await createLookup(config, context);
    return {
      async probe(signal): Promise<ProbeResult> {
        const started = performance.now();
        const ms = (): number => Math.round(performance.now() - started);
        try {
          await context.http.request({ url: config.endpoint, signal, timeoutMs: 30_000, accept: alive });
          return { up: true, ms: ms() };
        } catch (thrown) {
          const { code, message, hint } = asHubError(thrown);
          return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
        }
      },
      pull: {},
      byCitizen: { person: (options) => ask(lookup, options) },
      async close() {},
    };
  },
});
