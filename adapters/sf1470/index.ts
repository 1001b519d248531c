// KOMBIT's Sags- og Dokumentindeks (SF1470): that there is a case about a citizen, in whichever system of the municipality,
// who handles it and how far it is. What is known of the interface and what is a guess: README.md.
import { type Adapter, defineAdapter, type ProbeResult, type Source } from '../../src/adapter/contract.ts';
import { asHubError } from '../../src/errors.ts';
import { createClient } from './client.ts';
import { hostsOf, type Sf1470Config, sf1470Config } from './config.ts';
import { casesByKey, casesOfCitizen, type Index, pullCases } from './pull.ts';
import { receiveBesked } from './receive.ts';
import { kinds, type Sf1470Kinds } from './records.ts';
import { createQuestions } from './search.ts';

export const sf1470: Adapter<Sf1470Config, Sf1470Kinds> = defineAdapter({
  name: 'sf1470',
  title: 'Sags- og Dokumentindeks (SF1470)',
  config: sf1470Config,
  hosts: hostsOf,
  kinds,
  receive: async (delivery, config) => receiveBesked(delivery, config),
  async open(config, context): Promise<Source<Sf1470Kinds>> {
    const client = await createClient(config, context);
    const questions = createQuestions(config);
    const index: Index = { config, client, questions, clock: context.clock };

    const probe = async (signal: AbortSignal): Promise<ProbeResult> => {
      const started = performance.now();
      const ms = (): number => Math.round(performance.now() - started);
      try {
        await client.ask(questions.nothing(), () => undefined, signal);
        return { up: true, ms: ms() };
      } catch (thrown) {
        const { code, message, hint } = asHubError(thrown);
        return { up: false, ms: ms(), code, message, ...(hint === undefined ? {} : { hint }) };
      }
    };

    return {
      probe,
      pull: { sag: (options) => pullCases(index, options) },
      byCitizen: { sag: (options) => casesOfCitizen(index, options) },
      byKeys: { sag: (options) => casesByKey(index, options) },
      async close() {},
    };
  },
});
