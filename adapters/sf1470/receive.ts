// Messages of the Beskedfordeler about cases of the index: which case to ask for again. What is not in the service
// agreement, or not on the municipality's behalf, is refused as a whole.
import { agreedMessages } from '../../src/adapter/beskedkuvert.ts';
import type { Delivery, Notice, Receipt } from '../../src/adapter/contract.ts';
import type { Sf1470Config } from './config.ts';

export const receiveBesked = (delivery: Delivery, { agreement }: Sf1470Config): Receipt => {
  const wanted = agreement?.objectTypes;
  const about = agreedMessages(delivery, agreement).flatMap(({ objects }) =>
    objects.filter(({ type }) => wanted === undefined || (type !== undefined && wanted.includes(type.toLowerCase()))),
  );
  return { notices: about.map(({ id, change }): Notice => ({ kind: 'sag', key: id.toLowerCase(), change })) };
};
