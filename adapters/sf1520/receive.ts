// Events of the CPR register as the Beskedfordeler hands them on: whose data to ask for again. The number stands in the
// object or in a related one, bare or as a URN; an event that names nobody by number cannot be asked about.
import { agreedMessages } from '../../src/adapter/beskedkuvert.ts';
import type { Delivery, Notice, Receipt } from '../../src/adapter/contract.ts';
import type { Sf1520Config } from './config.ts';

const numberIn = (id: string): string | undefined =>
  /^(?:urn:oio:cpr-?nr:)?(\d{6})-?(\d{4})$/i.exec(id)?.slice(1).join('');

export const receiveBesked = (delivery: Delivery, { agreement }: Sf1520Config): Receipt => {
  const messages = agreedMessages(delivery, agreement);
  return {
    notices: messages.flatMap(({ objects, related }) => {
      const numbers = [...objects, ...related].flatMap(({ id }) => numberIn(id) ?? []);
      // One person, one record: the number is the key, whatever the register calls the event's object.
      return [...new Set(numbers)].map(
        (cpr): Notice => ({ kind: 'person', key: cpr, change: objects[0]?.change ?? 'updated', cprs: [cpr] }),
      );
    }),
  };
};
