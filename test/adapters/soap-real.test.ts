// Requests by the real contracts of two public services: their imports, header parts and inherited types.
// The contracts lie outside the project; without them (SAMSPIL_SHARED or ../shared) these tests are skipped, and say so.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readContract } from '../../src/adapter/soap-wsdl.ts';

const shared = process.env['SAMSPIL_SHARED'] ?? join(import.meta.dirname, '../../../shared');
const folder = join(shared, 'data/soap');
const present = existsSync(folder);
if (!present) console.warn('The published SOAP contracts are not there (set SAMSPIL_SHARED): their tests are skipped.');

const contractOf = (wsdl: string) => readContract({ wsdl: join(folder, wsdl), endpoint: 'https://source.example/' });
const bodyOf = (xml: string): string => /<soap:Body>(.*)<\/soap:Body>/s.exec(xml)?.[1] ?? '';

describe.skipIf(!present)('published contracts', () => {
  it.each(['context', 'token'])('ask the CPR register for a person (%s)', async (folder) => {
    const contract = await contractOf(`sf1520/wsdl/${folder}/PersonBaseDataExtendedService.wsdl`);
    expect(contract.operations).toEqual(['PersonLookup']);
    const base = 'http://serviceplatformen.dk/xml';
    const input = { PNR: '0101010101', AuthorityContext: { MunicipalityCVR: '29188327' } };
    expect(bodyOf(contract.envelope('PersonLookup', input, []).xml)).toBe(
      `<n0:PersonLookupRequest xmlns:n0="${base}/wsdl/soap11/CPR/PersonBaseDataExtended/4/" xmlns:n1="${base}/schemas/AuthorityContext/1/" xmlns:n2="${base}/schemas/cpr/PNR/1/"><n1:AuthorityContext><n1:MunicipalityCVR>29188327</n1:MunicipalityCVR></n1:AuthorityContext><n2:PNR>0101010101</n2:PNR></n0:PersonLookupRequest>`,
    );
    expect(contract.unknown('PersonLookup', { ...input, Pnr: '' })).toEqual(['Pnr']);
  });

  it('search the index of cases, the header part apart and inherited elements first', async () => {
    const contract = await contractOf('sf1470/wsdl/SagDokumentIndeksService_6.wsdl');
    expect(contract.operations.toSorted()).toEqual(['fjern', 'fremsoeg', 'importer', 'opdater']);
    expect(contract.actionOf('fremsoeg')).toBe('http://kombit.dk/sts/sagdokumentindeks/fremsoeg');
    const from = { TidsstempelDatoTid: '2026-11-01T00:00:00Z' };
    const search = { SoegStsFraTidspunkt: from, MaksimalAntalKvantitet: 500, FoersteResultatReference: 0 };
    const { xml } = contract.envelope('fremsoeg', { SoegUdtryk: { SoegSag: search } }, []);
    expect(bodyOf(xml)).toBe(
      '<n0:FremsoegSagDokumentIndeksInput xmlns:n0="urn:oio:sts:sagdok:sagdokumentindeks:6" xmlns:n1="urn:oio:sagdok:3.0.0" xmlns:n2="urn:oio:sts:generelleoperationer:6"><n0:SoegUdtryk><n0:SoegSag><n1:FoersteResultatReference>0</n1:FoersteResultatReference><n1:MaksimalAntalKvantitet>500</n1:MaksimalAntalKvantitet><n2:SoegStsFraTidspunkt><n1:TidsstempelDatoTid>2026-11-01T00:00:00Z</n1:TidsstempelDatoTid></n2:SoegStsFraTidspunkt></n0:SoegSag></n0:SoegUdtryk></n0:FremsoegSagDokumentIndeksInput>',
    );
  });
});
