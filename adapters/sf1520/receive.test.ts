// An event of the register becomes a person to ask for, by number; what is for others is refused.
import { expect, it } from 'vitest';
import { sf1520Config } from './config.ts';
import { receiveBesked } from './receive.ts';

const config = (agreement?: object) =>
  sf1520Config.parse({
    endpoint: 'https://person.example/soap',
    municipalityCvr: '29189999',
    ...(agreement === undefined ? {} : { agreement }),
  });
const delivery = (registration: object, related: readonly object[] = []) => ({
  contentType: 'application/json',
  body: JSON.stringify({
    Beskedkuvert: {
      Filtreringsdata: { TilladtModtager: '29189999', ObjektRegistrering: registration, RelateretObjekt: related },
    },
  }),
});
const read = (...given: Parameters<typeof delivery>) =>
  receiveBesked(delivery(...given), config({ onBehalfOf: ['29189999'] })).notices;

it('names the person in the object or beside it, once', () => {
  const person = { kind: 'person', key: '0702751238', change: 'updated', cprs: ['0702751238'] };
  expect(read({ ObjektId: 'urn:oio:cpr-nr:0702751238', eventaction: 'u' })).toEqual([person]);
  expect(
    read({ ObjektId: 'b3c1', eventaction: 'u' }, [{ ObjektId: '070275-1238' }, { ObjektId: '0702751238' }]),
  ).toEqual([person]);
  expect(read({ ObjektId: 'b3c1', eventaction: 'd' })).toEqual([]);
});

it('takes nothing for others, and nothing without an agreement', () => {
  const given = delivery({ ObjektId: '0702751238' });
  expect(() => receiveBesked(given, config({ onBehalfOf: ['12345678'] }))).toThrow(/TilladtModtager/);
  expect(() => receiveBesked(given, config())).toThrow(/agreement/);
});
