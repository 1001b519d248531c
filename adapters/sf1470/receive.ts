// Messages of the Beskedfordeler about cases of the index: which case to ask for again. What is not in the service
// agreement, or not on the municipality's behalf, is refused as a whole.
import { readBeskedkuvert, requireAgreed } from '../../src/adapter/beskedkuvert.ts';
import type { Delivery, Notice, Receipt } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import type { Sf1470Config } from './config.ts';

export const receiveBesked = (delivery: Delivery, { agreement }: Sf1470Config): Receipt => {
  if (agreement === undefined)
    throw new HubError({
      code: 'request/unprocessable',
      fault: 'config',
      message: 'config.agreement is not set: nobody knows on whose behalf messages may be processed.',
    });
  const messages = readBeskedkuvert(delivery);
  for (const message of messages) requireAgreed(message, agreement);
  const about = messages.flatMap(({ objects }) =>
    objects.filter(
      ({ type }) =>
        agreement.objectTypes === undefined ||
        (type !== undefined && agreement.objectTypes.includes(type.toLowerCase())),
    ),
  );
  return { notices: about.map(({ id, change }): Notice => ({ kind: 'sag', key: id.toLowerCase(), change })) };
};
