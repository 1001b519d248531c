// Det Fælles Datagrundlag keeps the adapter contract, by either service; its error numbers are outcomes, replacement
// numbers are not asked for, and each method has its own scope.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeAdapter } from '../adapter.ts';
import { canaries, otherCpr, sampleData } from '../sandbox/dfdg/sample.ts';
import { type DfdgStub, startDfdgStub } from '../sandbox/dfdg/server.ts';
import { ask, dfdgSubject, openDfdg, viaSoap } from './dfdg.ts';

describeAdapter('dfdg', dfdgSubject('rest'));
describeAdapter('dfdg with Min Plan by SOAP', dfdgSubject('soap'));

let stub: DfdgStub;
beforeEach(async () => {
  stub = await startDfdgStub({ data: sampleData() });
});
afterEach(() => stub.close());

describe('a citizen', () => {
  it('with a replacement number is not asked for: nothing can be held under it', async () => {
    const source = await openDfdg(stub);
    const before = stub.urls.length;
    expect(await ask(source, 'indkaldelse', '6101609996')).toEqual([]);
    expect(stub.urls.length).toBe(before);
  });

  it('without a plan has none, and that is an answer', async () => {
    for (const more of [{}, viaSoap(stub)]) {
      const source = await openDfdg(stub, more);
      expect(await ask(source, 'minPlan', otherCpr)).toEqual([]);
      expect(await ask(source, 'aktivitet', otherCpr)).toEqual([]);
    }
  });

  it('has the same activities by either service, in the spelling of each', async () => {
    const [rest, soap] = [await openDfdg(stub), await openDfdg(stub, viaSoap(stub))];
    const [modern, old] = [await ask(rest, 'aktivitet'), await ask(soap, 'aktivitet')];
    expect(old.map(({ key }) => key)).toEqual(modern.map(({ key }) => key));
    expect(modern[0]?.body).toMatchObject({
      timerPrUge: 22,
      aktivitetsstamdata: { beskrivelse: 'Virksomhedspraktik 1' },
    });
    expect(old[0]?.body).toMatchObject({
      ActivityIdentifier: '20000000-0000-4000-8000-000000000001',
      MyPlanIdentifier: '10000000-0000-4000-8000-000000000001',
      HoursPerWeek: '22',
      ResponsibleAuthority: { AuthorityCode: '999' },
    });
    expect((await ask(soap, 'minPlan')).map(({ key }) => key)).toEqual(
      (await ask(rest, 'minPlan')).map(({ key }) => key),
    );
  });
});

describe('error numbers', () => {
  const failing = async (number: number, more: object = {}, kind: 'indkaldelse' | 'minPlan' = 'indkaldelse') => {
    const source = await openDfdg(stub, more);
    stub.numbers.push(number);
    return ask(source, kind).then(
      (records) => records.length,
      (error: unknown) => (error as { code: string }).code,
    );
  };

  it('say that nothing is known, that this citizen is not shown, or that the question was wrong', async () => {
    for (const more of [{}, viaSoap(stub)]) {
      expect(await failing(1010, more, 'minPlan')).toBe(0);
      expect(await failing(1001, more, 'minPlan')).toBe('source/forbidden');
      expect(await failing(8306, more, 'minPlan')).toBe('source/forbidden');
      expect(await failing(1014, more, 'minPlan')).toBe('source/bad-request');
      expect(await failing(9999, more, 'minPlan')).toBe('source/bad-request');
    }
  });

  it('mean what the configuration says they mean', async () => {
    expect(await failing(9999, { errors: { '9999': 'later' } })).toBe('source/unavailable');
    expect(await failing(9999, { errors: { '9999': 'empty' } })).toBe(0);
    expect(await failing(1010, { errors: { '1010': 'refused' } })).toBe('source/forbidden');
  });

  it('and their texts never reach a message', async () => {
    const source = await openDfdg(stub);
    stub.numbers.push(8306);
    const error = await ask(source, 'minPlan').catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain(canaries.cpr);
  });
});

describe('answers', () => {
  it('that say nothing are a failure, never "nothing is there"', async () => {
    const source = await openDfdg(stub);
    stub.faults.set({ mode: 'garbage' });
    await expect(ask(source, 'indkaldelse')).rejects.toMatchObject({ code: 'source/bad-answer' });
    stub.faults.set({ mode: 'none' });
    const elsewhere = await openDfdg(stub, { paths: { indkaldelse: 'nowhere' } });
    await expect(ask(elsewhere, 'indkaldelse')).rejects.toMatchObject({ code: 'source/not-found' });
  });

  it('of a gateway that gives up are asked for again', async () => {
    const source = await openDfdg(stub);
    stub.faults.set({ mode: 'error-504', everyNth: 3, burst: 2 });
    expect(await ask(source, 'indkaldelse')).toHaveLength(3);
  });

  it('need a token of the method’s own scope', async () => {
    const source = await openDfdg(stub);
    for (const kind of ['indkaldelse', 'aktivitet', 'indkaldelse'] as const) await ask(source, kind);
    expect(stub.scopes).toEqual(['kontaktforloeb.indkaldelse.read', 'borgerindsats.aktivitet.read']);
    const wrong = await openDfdg(stub, { scopes: { aktivitet: 'another.scope' } });
    await expect(ask(wrong, 'aktivitet')).rejects.toMatchObject({ code: 'source/forbidden' });
  });
});
