// Min Plan from the older SOAP service: one answer holds the plan and its activities. Its own field names stay; the
// activities are told which plan they belong to.
import type { AdapterContext } from '../../src/adapter/contract.ts';
import { createSoap, type SoapSecurity, textAt } from '../../src/adapter/soap.ts';
import type { XmlObject, XmlValue } from '../../src/adapter/xml.ts';
import { HubError } from '../../src/errors.ts';
import { isRow, type Row } from './client.ts';
import { type DfdgConfig, wsdlOf } from './config.ts';
import { numberIn, settle } from './errors.ts';

export interface MyPlan {
  rows(kind: 'minPlan' | 'aktivitet', cpr: string, signal: AbortSignal): Promise<readonly Row[]>;
}

const listOf = (value: XmlValue | undefined): readonly XmlObject[] =>
  (Array.isArray(value) ? (value as readonly XmlValue[]) : [value]).filter((one): one is XmlObject => isRow(one));

/** The plan without its activities, and those with the plan they are in. */
const partsOf = (plan: XmlObject): { readonly plan: Row; readonly activities: readonly Row[] } => {
  const { ActivityItems, ...own } = plan;
  const id = textAt(plan, 'MyPlanIdentifier') ?? textAt(plan, 'MyPlanVersionIdentifier');
  const items = listOf(ActivityItems).flatMap(({ ActivityCoreItem }) => listOf(ActivityCoreItem));
  return {
    plan: { ...own, ...(id === undefined ? {} : { MyPlanIdentifier: id }) },
    activities: items.map((item) => ({ ...item, ...(id === undefined ? {} : { MyPlanIdentifier: id }) })),
  };
};

const securityOf = ({ username, password }: NonNullable<DfdgConfig['soap']>): SoapSecurity =>
  username === undefined || password === undefined ? { type: 'none' } : { type: 'username-token', username, password };

export const createMyPlan = async (config: DfdgConfig, context: AdapterContext): Promise<MyPlan | undefined> => {
  const { soap } = config;
  if (config.minPlan !== 'soap' || soap === undefined) return undefined;
  const service = await createSoap({
    http: context.http,
    wsdl: wsdlOf(config),
    endpoint: soap.endpoint,
    security: securityOf(soap),
  });
  return {
    async rows(kind, cpr, signal) {
      const rows: Row[] = [];
      let number: string | undefined;
      try {
        const items = service.call(
          soap.operation,
          { [soap.numberField]: cpr },
          {
            signal,
            records: ['Envelope', 'Body', '*', 'MyPlan'],
            timeoutMs: config.timeoutSeconds * 1000,
            onFault: ({ detail }) => {
              number = numberIn(detail);
              return undefined;
            },
          },
        );
        for await (const { type, value } of items) {
          if (type === 'rest') number = numberIn(value);
          else {
            const { plan, activities } = partsOf(value);
            rows.push(...(kind === 'minPlan' ? [plan] : activities));
          }
        }
      } catch (thrown) {
        if (number === undefined || !(thrown instanceof HubError)) throw thrown;
      }
      if (number !== undefined) settle(number, config.errors);
      return rows;
    },
  };
};
