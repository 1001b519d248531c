// Everything about one citizen: by POST, over every Patient with the number, and through no link that shows it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createHttp } from '../../src/adapter/http.ts';
import { createLogger } from '../../src/log.ts';
import { startFhirStub } from '../../test/sandbox/fhir/server.ts';
import { fhir } from './index.ts';
import { clockAt, observations, open } from './testing.fixture.ts';

const cpr = '0101019990';
const patient = (id: string) => ({
  resourceType: 'Patient',
  id,
  identifier: [{ system: 'urn:oid:1.2.208.176.1.2', value: cpr }],
});

describe('byCitizen', () => {
  it('finds the records of every Patient with the number', async () => {
    const mine = observations(5);
    const [other] = observations(1);
    const stub = await startFhirStub({
      data: {
        Patient: [patient('p1'), patient('p2')],
        Observation: [
          ...mine,
          { ...other, resourceType: 'Observation', id: 'second', subject: { reference: 'Patient/p2' } },
        ],
      },
    });
    try {
      const source = await open(stub, { pageSize: '2' });
      const found: string[] = [];
      for await (const page of source.byCitizen?.Observation?.({ cpr, signal: AbortSignal.timeout(5000) }) ?? [])
        found.push(...page.records.map(({ key }) => key));
      expect(found.sort()).toEqual(['o0', 'o1', 'o2', 'o3', 'o4', 'second']);
      expect(stub.stats().urls.filter((url) => url.includes(cpr))).toEqual([]);
    } finally {
      await stub.close();
    }
  });

  it('does not follow a link that holds the number, nor one to another host', async () => {
    let next = `?identifier=${cpr}&page=2`;
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'application/fhir+json');
      response.end(JSON.stringify({ resourceType: 'Bundle', link: [{ relation: 'next', url: next }], entry: [] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
    const config = fhir.config.parse({ baseUrl });
    const context = {
      http: createHttp({ hosts: fhir.hosts(config) }),
      log: createLogger({ level: 'silent' }),
      clock: clockAt(0),
    };
    const source = await fhir.open(config, context);
    const read = async (): Promise<void> => {
      for await (const _ of source.byCitizen?.Patient?.({ cpr, signal: AbortSignal.timeout(5000) }) ?? []);
    };
    try {
      await expect(read()).rejects.toMatchObject({ code: 'source/bad-answer' });
      next = 'https://elsewhere.example/fhir?page=2';
      await expect(read()).rejects.toMatchObject({ code: 'source/undeclared-host' });
    } finally {
      server.close();
    }
  });
});
