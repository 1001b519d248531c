// Checks of what an adapter may not do: show other citizens, put a number into a URL, talk to strangers, tell tales.
import { expect } from 'vitest';
import { HubError } from '../../src/errors.ts';
import type { Check } from '../adapter.ts';
import {
  askOf,
  keysOf,
  noteConnections,
  pullAll,
  pullCitizen,
  recordsOf,
  type Session,
  withSource,
} from './session.ts';

export const byCitizenKeepsToOne: Check = async (subject) =>
  withSource(subject, async ({ source, harness, kinds, crawled }) => {
    const { citizen } = harness;
    const offered = [...kinds, ...crawled].filter((kind) => askOf(source, kind) !== undefined);
    if (citizen === undefined) {
      expect(offered, 'kinds with byCitizen, but the harness names no citizen').toEqual([]);
      return;
    }
    expect(offered.length, 'kinds that offer byCitizen').toBeGreaterThan(0);
    for (const kind of offered) {
      const pages = (await pullCitizen(source, kind, citizen.cpr)) ?? [];
      const others = recordsOf(pages).filter((record) => !citizen.owns(kind, record));
      expect(others.length, `${kind}: records of other citizens`).toBe(0);
      const keys = keysOf(pages);
      expect(keys.length, `${kind}: records of the citizen`).toBe(citizen.expected[kind] ?? 0);
      expect(new Set(keys).size, `${kind}: keys are unique`).toBe(keys.length);
      const all = new Set(crawled.includes(kind) ? keys : keysOf(await pullAll(source, kind, null)));
      expect(
        keys.filter((key) => !all.has(key)).length,
        `${kind}: keys that a pull of everything spells otherwise`,
      ).toBe(0);
      const nobody = (await pullCitizen(source, kind, citizen.unknownCpr)) ?? [];
      expect(recordsOf(nobody).length, `${kind}: records of a number the source does not know`).toBe(0);
    }
    const asked = harness.urls().map((url) => decodeURIComponent(url));
    for (const cpr of [citizen.cpr, citizen.unknownCpr])
      expect(
        asked.filter((url) => url.includes(cpr) || url.includes(`${cpr.slice(0, 6)}-${cpr.slice(6)}`)).length,
      ).toBe(0);
  });

/** Everything the adapter can do, once: the errors it threw. */
const exercise = async ({ source, harness, kinds, crawled }: Session): Promise<readonly unknown[]> => {
  const errors: unknown[] = [];
  const note = async (work: Promise<unknown>): Promise<void> => {
    await work.catch((thrown: unknown) => errors.push(thrown));
  };
  const round = async (): Promise<void> => {
    await note(source.probe(AbortSignal.timeout(20_000)));
    for (const kind of kinds) await note(pullAll(source, kind, null));
    for (const kind of [...kinds, ...crawled])
      if (harness.citizen) await note(pullCitizen(source, kind, harness.citizen.cpr));
  };
  await round();
  await harness.stop();
  await round();
  return errors;
};

export const contactsOnlyDeclaredHosts: Check = async (subject) =>
  withSource(subject, async (session) => {
    const connected = await noteConnections(async () => {
      await exercise(session);
    });
    const known = session.declared.flatMap((host) =>
      host.includes(':') ? [host] : [host, `${host}:443`, `${host}:80`],
    );
    for (const host of session.asked) expect(known, 'a host asked through http').toContain(host);
    for (const host of connected) expect(known, 'a host connected to').toContain(host);
  });

export const tellsNothing: Check = async (subject) =>
  withSource(subject, async (session) => {
    const { harness, lines } = session;
    expect(harness.canaries.length, 'the harness names canaries').toBeGreaterThan(0);
    const errors = await exercise(session);
    for (const error of errors)
      expect(error instanceof HubError ? error.fault : 'a foreign error', 'the fault of a thrown error').toBeOneOf([
        'config',
        'source',
        'transient',
      ]);
    const told = errors.map((error) =>
      error instanceof HubError ? `${error.code} ${error.message} ${error.hint}` : '',
    );
    for (const [at, canary] of harness.canaries.entries()) {
      expect(lines.filter((line) => line.includes(canary)).length, `log lines that hold canary ${at + 1}`).toBe(0);
      expect(told.filter((text) => text.includes(canary)).length, `errors that hold canary ${at + 1}`).toBe(0);
    }
  });
