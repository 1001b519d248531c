// Any system that offers a SOAP service, by its WSDL and configuration alone: what to ask for, where the records are, how
// pages follow each other, how the hub says who it is. README.md explains every word of it.
import { randomUUID } from 'node:crypto';
import { authorised, noAuth } from '../../src/adapter/auth.ts';
import {
  type Adapter,
  type AdapterContext,
  defineAdapter,
  type Kinds,
  type Page,
  type ProbeResult,
  type Source,
} from '../../src/adapter/contract.ts';
import type { Http } from '../../src/adapter/http.ts';
import { createSoap, type Soap, type XmlInput } from '../../src/adapter/soap.ts';
import { asHubError, HubError } from '../../src/errors.ts';
import { hostsOf, type SoapConfig, soapConfig } from './config.ts';
import { inputOf } from './input.ts';
import { askCitizen, type Open, pullKind } from './pull.ts';
import { configuredKinds } from './records.ts';

/** Answers that show that somebody is there; services differ in what they say to a question without an envelope. */
const alive = [400, 405, 406, 411, 415, 500, 501];

/** The way to the service with the hub's credentials on every request; a token in the envelope is the envelope's. */
const carrying = ({ clock, http }: AdapterContext, { auth, headers }: SoapConfig): Http =>
  authorised(http, { auth: auth.type === 'username-token' ? noAuth : auth, headers, clock });

const connect = (http: Http, { clock }: AdapterContext, config: SoapConfig): Promise<Soap> => {
  const { auth, soapHeaders, wsdl, endpoint, service, port, version, soapAction, encoding } = config;
  const security = auth.type === 'username-token' ? { security: auth } : {};
  const options = { http, wsdl, endpoint, service, port, version, soapAction, encoding, ...security };
  return createSoap({
    ...options,
    headers: ({ action }) =>
      soapHeaders.map((one) => inputOf(one, { action, uuid: randomUUID(), now: clock.now().toISOString() })),
  });
};

/** The configuration against the contract. @throws HubError naming what the WSDL does not have */
const check = (soap: Soap, { kinds, probe }: SoapConfig): void => {
  const asked = Object.entries(kinds).flatMap(([name, kind]) => [
    [`kinds.${name}.list`, kind.list] as const,
    [`kinds.${name}.byCitizen`, kind.byCitizen] as const,
  ]);
  for (const [path, question] of [...asked, ['probe', probe] as const]) {
    if (question === undefined) continue;
    const refuse = (what: string, hint: string): never => {
      throw new HubError({ code: 'config/invalid', fault: 'config', message: `${path}.${what}`, hint });
    };
    const { operation, input } = question;
    if (!soap.operations.includes(operation))
      refuse('operation: the WSDL has no such operation.', `It has: ${soap.operations.join(', ')}.`);
    const unknown = soap.unknown(operation, input);
    if (unknown.length > 0)
      refuse(`input: the operation has no ${unknown.join(', ')}.`, 'Names are those of the schema, without prefix.');
  }
};

/** What is there of a citizen, and nothing to go on from. */
async function* asSnapshot(pages: AsyncIterable<Page<unknown>>): AsyncGenerator<Page<null>> {
  for await (const { records } of pages) yield { records, deleted: [], checkpoint: null };
}

const ask = async (http: Http, { config, soap }: Open, signal: AbortSignal): Promise<void> => {
  const { probe, endpoint: url } = config;
  if (probe === undefined) {
    await http.request({ url, signal, timeoutMs: 30_000, accept: alive });
    return;
  }
  for await (const _ of soap.call(probe.operation, probe.input as XmlInput, {
    signal,
    records: [],
    timeoutMs: 30_000,
  }));
};

export const soap: Adapter<SoapConfig, Kinds> = defineAdapter({
  name: 'soap',
  title: 'SOAP by WSDL and configuration',
  config: soapConfig,
  hosts: hostsOf,
  kinds: {},
  configuredKinds,
  async open(config, context): Promise<Source> {
    const http = carrying(context, config);
    const service = await connect(http, context, config);
    check(service, config);
    const open: Open = { config, soap: service, clock: context.clock };

    const probe = async (signal: AbortSignal): Promise<ProbeResult> => {
      const started = performance.now();
      const ms = (): number => Math.round(performance.now() - started);
      try {
        await ask(http, open, signal);
        return { up: true, ms: ms() };
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    };

    const pull: Record<string, unknown> = {};
    const byCitizen: Record<string, unknown> = {};
    for (const [name, kind] of Object.entries(config.kinds)) {
      const { list, byCitizen: own } = kind;
      if (list !== undefined) pull[name] = (options: never) => pullKind(open, kind, list, options);
      if (own === undefined) continue;
      byCitizen[name] = (options: never) => {
        const pages = askCitizen(open, kind, own, options);
        return list === undefined ? asSnapshot(pages) : pages;
      };
    }
    return {
      probe,
      pull: pull as Source['pull'],
      byCitizen: byCitizen as Source['byCitizen'] & object,
      async close() {},
    };
  },
});
