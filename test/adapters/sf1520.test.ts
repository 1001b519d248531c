// SF1520 keeps the adapter contract, and what it makes of former and unknown numbers, faults and bad days. With the real
// contract too, where it lies beside the project (SAMSPIL_SHARED or ../shared); without it that test is skipped and says so.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAdapter } from '../adapter.ts';
import type { FaultMode } from '../sandbox/momentum/faults.ts';
import { type RegisterStub, startRegisterStub } from '../sandbox/sf1520/server.ts';
import { askFor, cprs, former, openRegister, sampleRegister, sf1520Subject } from './sf1520.ts';

describeAdapter('sf1520', sf1520Subject);

const real = join(
  process.env['SAMSPIL_SHARED'] ?? join(import.meta.dirname, '../../../shared'),
  'data/soap/sf1520/wsdl/context/PersonBaseDataExtendedService.wsdl',
);
const present = existsSync(real);
if (!present) console.warn('The published contract of SF1520 is not there (set SAMSPIL_SHARED): its test is skipped.');

let stub: RegisterStub;
let asked: string[];
beforeEach(async () => {
  const people = sampleRegister();
  asked = [];
  stub = await startRegisterStub({
    personOf(cpr) {
      asked.push(cpr);
      return people.get(cpr);
    },
  });
});
afterEach(() => stub.close());

describe('a look-up', () => {
  it('gives the person, days without zones and the municipality in four digits', async () => {
    const [record] = await askFor(await openRegister(stub), cprs[0]);
    expect(record?.key).toBe(cprs[0]);
    expect(record?.body).toMatchObject({
      persondata: { personnummer: cprs[0], foedselsdato: { dato: '1970-02-01' } },
      adresse: { aktuelAdresse: { kommunekode: '0190' } },
    });
    expect(record?.body).not.toHaveProperty('tidligerePersonnummer');
  });

  it('of a former number is followed to the one in force', async () => {
    const [record] = await askFor(await openRegister(stub), former);
    expect(asked).toEqual([former, cprs[2]]);
    expect(record?.key).toBe(cprs[2]);
    expect(record?.body).toMatchObject({ tidligerePersonnummer: former, persondata: { personnummer: cprs[2] } });
  });

  it('of an unknown number gives nobody, by fault or by an empty answer', async () => {
    expect(await askFor(await openRegister(stub), '3112999999')).toEqual([]);
    const empty = await startRegisterStub({ personOf: () => ({}) });
    try {
      expect(await askFor(await openRegister(empty), cprs[0])).toEqual([]);
    } finally {
      await empty.close();
    }
  });

  it.skipIf(!present)('works with the real contract', async () => {
    const source = await openRegister(stub, { wsdl: real });
    expect((await askFor(source, former))[0]?.key).toBe(cprs[2]);
  });
});

describe('a failure', () => {
  it.each<[FaultMode, string, string]>([
    ['down', 'source/unreachable', 'transient'],
    ['timeout', 'source/timeout', 'transient'],
    ['error-500', 'source/unavailable', 'transient'],
    ['error-504', 'source/unavailable', 'transient'],
    ['rate-limit', 'source/rate-limited', 'transient'],
    ['unauthorised', 'source/unauthorised', 'config'],
    ['garbage', 'source/bad-answer', 'source'],
  ])('%s', async (mode, code, fault) => {
    stub.faults.set({ mode });
    await expect(askFor(await openRegister(stub), cprs[0])).rejects.toMatchObject({ code, fault });
  });

  it('by a wrong service agreement, and by a code nobody has told us', async () => {
    const other = { serviceAgreementUuid: '9d1b7a44-5c1c-4a3e-9d55-5f0a4b1c1520' };
    const ids = { userSystemUuid: other.serviceAgreementUuid, userUuid: other.serviceAgreementUuid };
    const invocation = { ...other, ...ids, serviceUuid: other.serviceAgreementUuid };
    await expect(askFor(await openRegister(stub, { invocation }), cprs[0])).rejects.toMatchObject({
      code: 'source/unauthorised',
    });
    const strict = await openRegister(stub, { unknownCodes: ['ANDET'] });
    await expect(askFor(strict, '3112999999')).rejects.toMatchObject({ code: 'source/bad-request', fault: 'source' });
  });
});
