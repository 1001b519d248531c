// What is believed of what sources say about people's own affairs: who represents them, and what they consent to. And that a
// change of who may see what stands in the access log, whoever said so.
import { randomUUID } from 'node:crypto';
import { systemClock } from './clock.ts';
import type { HubConfig } from './config/hub.ts';
import type { Hub, HubParts } from './main.ts';
import type { KindMapping } from './mapping/compile.ts';
import type { SyncSource } from './pipeline/source.ts';
import { createAccessLog } from './store/access-log.ts';

/** Are this source's custody holders and guardians believed? */
export const representing = (
  name: string,
  rules: HubConfig['representation'] | undefined,
): Pick<SyncSource, 'representation'> => {
  const own = rules?.from[name];
  if (rules === undefined || own === undefined) return {};
  return { representation: { custodyUntil: rules.custodyUntil, guardianDomains: own?.guardianDomains ?? [] } };
};

/** What of this source's consents is believed? */
export const consenting = (
  name: string,
  rules: Pick<HubConfig, 'consents' | 'purposes'> | undefined,
): Pick<SyncSource, 'consents'> => {
  const own = rules?.consents.from[name];
  if (rules === undefined || own === undefined) return {};
  const { purposes, ...rest } = own;
  return { consents: { ...rest, known: rules.purposes, ...(purposes === undefined ? {} : { purposes }) } };
};

/** What a kind becomes: consents that nobody believes are not even asked for. */
export const heard = (
  mapping: KindMapping | undefined,
  { consents }: Pick<SyncSource, 'consents'>,
): KindMapping | undefined => (mapping?.onlyConsents === true && consents === undefined ? undefined : mapping);

/** What a source's word changes stands in the log like what a person says. */
export const tellLog = ({
  pool,
  keys,
  config,
  clock = systemClock,
}: Pick<HubParts, 'pool' | 'keys' | 'config' | 'clock'>): NonNullable<Hub['consentsTold']> => {
  const log = createAccessLog(pool, keys, { sealStopMs: config.sealStop, clock });
  return (tx, source, citizens) => {
    const correlation = randomUUID();
    return log.writeWith(
      tx,
      citizens.map((citizen) => ({
        actor: { kind: 'administrator', person: source },
        purpose: config.purposes[0] ?? '',
        endpoint: 'consents of a source',
        citizen,
        records: [],
        decision: 'allowed',
        bases: [`reported by ${source}`],
        correlation,
      })),
    );
  };
};
