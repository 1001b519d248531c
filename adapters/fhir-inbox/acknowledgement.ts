// MedCom's acknowledgement of a message as a message Bundle of its own: received, or what is wrong with it by element and
// code. It tells nothing of whether the hub knows the citizen.
import { randomUUID } from 'node:crypto';
import type { Refusal } from './bundle.ts';
import type { Party } from './message.ts';
import type { Header } from './read.ts';

const terminology = 'http://medcomfhir.dk/ig/terminology/CodeSystem';
const ownErrors = ['MSG_RECEIVER_UNABLE_TO_RECEIVE_MSG_TYPE', 'MSG_CodeSystem_VALUE_UNKNOWN'];

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [element: string]: unknown;
}

const entry = (resource: Resource): object => ({
  fullUrl: `urn:uuid:${resource.id}`,
  resource,
});

const organization = (party: Party): Resource => ({
  resourceType: 'Organization',
  id: randomUUID(),
  ...(party.sor === undefined && party.gln === undefined
    ? {}
    : {
        identifier: [
          ...(party.sor === undefined ? [] : [{ system: 'urn:oid:1.2.208.176.1.1', value: party.sor }]),
          ...(party.gln === undefined ? [] : [{ system: 'https://www.gs1.org/gln', value: party.gln }]),
        ],
      }),
  ...(party.name === undefined ? {} : { name: party.name }),
});

const outcome = ({ element, issue, details }: Refusal): Resource => ({
  resourceType: 'OperationOutcome',
  id: randomUUID(),
  issue: [
    {
      severity: 'fatal',
      code: issue,
      details: {
        coding: [
          {
            system: ownErrors.includes(details)
              ? `${terminology}/medcom-acknowledgement-error-codes`
              : 'http://terminology.hl7.org/CodeSystem/operation-outcome',
            code: details,
          },
        ],
      },
      expression: [element],
    },
  ],
});

/** The text of the acknowledgement of the message with this header: `ok`, or `fatal-error` with the reason. */
export const acknowledge = (header: Header, now: Date, refusal?: Refusal): string => {
  const [us, them] = [organization(header.receiver), organization(header.sender)];
  const details = refusal === undefined ? undefined : outcome(refusal);
  const id = randomUUID();
  const messageHeader = {
    resourceType: 'MessageHeader',
    id,
    eventCoding: { system: `${terminology}/medcom-messaging-eventCodes`, code: 'acknowledgement-message' },
    destination: [
      {
        extension: [
          {
            url: 'http://medcomfhir.dk/ig/messaging/StructureDefinition/medcom-messaging-destinationUseExtension',
            valueCoding: { system: `${terminology}/medcom-messaging-destinationUse`, code: 'primary' },
          },
        ],
        ...(header.sender.endpoint === undefined ? {} : { endpoint: header.sender.endpoint }),
        receiver: { reference: `urn:uuid:${them.id}` },
      },
    ],
    sender: { reference: `urn:uuid:${us.id}` },
    source: header.receiver.endpoint === undefined ? {} : { endpoint: header.receiver.endpoint },
    response: {
      identifier: header.id,
      code: refusal === undefined ? 'ok' : 'fatal-error',
      ...(details === undefined ? {} : { details: { reference: `urn:uuid:${details.id}` } }),
    },
  };
  const provenance = {
    resourceType: 'Provenance',
    id: randomUUID(),
    target: [{ reference: `urn:uuid:${id}` }],
    occurredDateTime: now.toISOString(),
    recorded: now.toISOString(),
    activity: { coding: [{ system: `${terminology}/medcom-messaging-activityCodes`, code: 'acknowledgement' }] },
    agent: [{ who: { reference: `urn:uuid:${us.id}` } }],
    entity: [{ role: 'revision', what: { reference: `MessageHeader/${header.id}` } }],
  };
  const parts = [messageHeader, us, them, provenance, ...(details === undefined ? [] : [details])];
  return JSON.stringify({
    resourceType: 'Bundle',
    id: randomUUID(),
    type: 'message',
    timestamp: now.toISOString(),
    entry: parts.map(entry),
  });
};
