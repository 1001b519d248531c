// A message of the Beskedfordeler becomes a case to ask for; what is for others is refused.
import { expect, it } from 'vitest';
import { sf1470Config } from './config.ts';
import { receiveBesked } from './receive.ts';

const config = (agreement?: object) =>
  sf1470Config.parse({ endpoint: 'https://indeks.example/soap', ...(agreement === undefined ? {} : { agreement }) });
const delivery = {
  contentType: 'application/json',
  body: JSON.stringify({
    Beskedkuvert: {
      Filtreringsdata: {
        TilladtModtager: { URNIdentifikator: 'urn:oio:cvr-nr:29189999' },
        ObjektRegistrering: [
          { ObjektId: 'AA', ObjektType: 'Sag', ObjektHandling: 'Opdater' },
          { ObjektId: 'bb', ObjektType: 'Sag', ObjektHandling: 'Fjern' },
          { ObjektId: 'cc', ObjektType: 'Dokument', ObjektHandling: 'Opdater' },
        ],
      },
    },
  }),
};

it('asks for every object, or for cases only where the agreement names their type', () => {
  const keys = (agreement: object) => receiveBesked(delivery, config(agreement)).notices;
  expect(keys({ onBehalfOf: ['29189999'] }).map(({ key }) => key)).toEqual(['aa', 'bb', 'cc']);
  expect(keys({ onBehalfOf: ['29189999'], objectTypes: ['SAG'] })).toEqual([
    { kind: 'sag', key: 'aa', change: 'updated' },
    { kind: 'sag', key: 'bb', change: 'deleted' },
  ]);
});

it('takes nothing for others, and nothing without an agreement', () => {
  expect(() => receiveBesked(delivery, config({ onBehalfOf: ['12345678'] }))).toThrow(/TilladtModtager/);
  expect(() => receiveBesked(delivery, config())).toThrow(/agreement/);
});
