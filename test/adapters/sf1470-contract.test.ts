// The adapter by the index's real contracts, where they lie beside the project: version 6 of the index and version 5 of
// Serviceplatformen. By our own minimal WSDL the same elements must be sent, in the same namespaces and the same order.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { startIndexStub } from '../sandbox/sf1470/server.ts';
import { cprOf, gather, openIndex, sampleData, uuidOf } from './sf1470.ts';

const folder = join(process.env['SAMSPIL_SHARED'] ?? join(import.meta.dirname, '../../../shared'), 'data');
const contracts = {
  '6': join(folder, 'soap/sf1470/wsdl/SagDokumentIndeksService_6.wsdl'),
  '5': join(folder, 'soap/sf1470/wsdl/context/SagDokumentIndeksService.wsdl'),
} as const;
const there = existsSync(contracts['6']);
if (!there) console.warn('The contracts of SF1470 are not there: the test by them is skipped.');

/** Every element with its namespace, in order, with its text. */
const elements = (xml: string): readonly string[] => {
  const found: string[] = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ uri, local }) => found.push(`{${uri}}${local}`));
  parser.on('text', (text) => {
    if (text.trim() !== '') found.push(text.trim());
  });
  parser.write(xml).close();
  // The transaction's id is another one each time.
  return found.map((one) => (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(one) && !one.startsWith('5f3ce1a0') ? 'id' : one));
};

const asked = async (version: '6' | '5', wsdl: string | undefined) => {
  const stub = await startIndexStub({ data: sampleData(23), version });
  const more = {
    version,
    municipalityCvr: '12345678',
    callContext: { onBehalfOfUser: 'samspil' },
    ...(wsdl === undefined ? {} : { wsdl }),
  };
  const at = new Date('2026-11-01T12:00:00Z');
  const source = await openIndex(stub, more, { now: () => at });
  const signal = AbortSignal.timeout(20_000);
  try {
    const everything = await gather(source.pull.sag({ after: null, signal }));
    const own = await gather(source.byCitizen?.sag?.({ cpr: cprOf(3), signal }) ?? []);
    const some = await gather(source.byKeys?.sag?.({ keys: [uuidOf(5), uuidOf(99)], signal }) ?? []);
    const probe = await source.probe(signal);
    const { requests, actions } = stub.stats();
    const answers = [everything.keys.length, own.keys, some.keys, some.deleted, probe.up];
    return { answers, sent: requests.map(elements), actions: [...new Set(actions)] };
  } finally {
    await stub.close();
  }
};

describe.skipIf(!there)('by the real contract', () => {
  it.each(['6', '5'] as const)('version %s: the same answers, and the same elements sent', async (version) => {
    const [real, own] = [await asked(version, contracts[version]), await asked(version, undefined)];
    expect(real.answers).toEqual([23, [uuidOf(3)], [uuidOf(5)], [uuidOf(99)], true]);
    expect(own).toEqual(real);
    expect(real.actions[0]).toMatch(/fremsoeg"?$/);
  });
});
