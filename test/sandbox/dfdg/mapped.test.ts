// The sandbox's Det Fælles Datagrundlag through adapter and mappings: nothing set aside, nobody's or unknown; Maja's
// conversation stands here and in the job centre's own system; a change is told to whoever listens, and says nothing.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Mapped, readMapped } from '../mapped.ts';
import { type Municipality, startMunicipality } from '../municipality.ts';

let folder: string;
let municipality: Municipality;
let read: readonly Mapped[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samspil-dfdg-'));
  municipality = await startMunicipality({ citizens: 300, enrolled: 150, folder, systems: ['dfdg'] });
  read = await readMapped(municipality, 'dfdg');
}, 60_000);
afterAll(async () => {
  await municipality.close();
  await rm(folder, { recursive: true, force: true });
});

const ofMaja = (all: readonly Mapped[]) =>
  all.filter(({ cprs }) => cprs.includes(municipality.showcase.cpr)).flatMap(({ drafts }) => drafts);

it('sets nothing aside, has nobody’s record and no unknown field', () => {
  expect(read.length).toBeGreaterThan(300);
  expect(read.flatMap(({ kind, issues }) => issues.map((issue) => `${kind} ${issue}`))).toEqual([]);
  expect(read.filter(({ cprs }) => cprs.length !== 1).map(({ kind }) => kind)).toEqual([]);
  expect([...new Set(read.flatMap(({ kind, unknown }) => unknown.map((at) => `${kind} ${at}`)))]).toEqual([]);
  expect(new Set(read.map(({ kind }) => kind)).size).toBe(4);
});

it('marks what tells of somebody’s health', () => {
  const drafts = read.filter(({ kind }) => kind === 'rehabiliteringsforloeb').flatMap(({ drafts: own }) => own);
  expect(drafts.length).toBeGreaterThan(3);
  expect(new Set(drafts.map(({ sensitivity }) => sensitivity))).toEqual(new Set(['sensitive']));
});

it('tells the showcase citizen’s joint conversation, its limits, and the meeting the job centre has as well', async () => {
  const own = ofMaja(read);
  const joint = own.find(({ fields }) => fields['title'] === 'Fælles jobsamtale');
  expect(joint?.fields).toMatchObject({ status: 'planned', format: 'inPerson', organiser: 'Jobcenter Egevang' });
  expect(joint?.fields['rebookBy']).toBeDefined();
  expect(joint?.fields['cancelBy']).toBeDefined();
  const kept = ofMaja(await readMapped(municipality, 'momentum')).filter(({ entity }) => entity === 'appointment');
  const starts = new Set(kept.map(({ fields }) => fields['start']));
  const here = own.filter(({ entity }) => entity === 'appointment').map(({ fields }) => fields['start']);
  expect(here.filter((start) => starts.has(start)).length).toBeGreaterThan(0);
  expect(here.filter((start) => !starts.has(start)).length).toBeGreaterThan(0);
  expect(own.map(({ entity }) => entity).filter((entity) => entity === 'plan')).toHaveLength(2);
});

it('tells of what happens, and whom it is about, and nothing more', async () => {
  const told: {
    readonly authorization: string | undefined;
    readonly url: string | undefined;
    readonly body: string;
  }[] = [];
  const hub = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    told.push({ authorization: request.headers.authorization, url: request.url, body });
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  process.env['SANDBOX_HUB_URL'] = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
  try {
    await municipality.step();
  } finally {
    delete process.env['SANDBOX_HUB_URL'];
    await new Promise((resolve) => hub.close(resolve));
  }
  const [delivery] = told;
  expect(delivery?.url).toBe('/push/v1/star');
  expect(delivery?.authorization).toBe(`Bearer sandbox-dfdg-push-${process.env['SANDBOX_DFDG_PUSH_TOKEN']}`);
  const notices = JSON.parse(delivery?.body ?? '[]') as readonly Record<string, unknown>[];
  expect(notices.map((notice) => notice['EksternIdentifier'])).toContain(municipality.showcase.cpr);
  expect(new Set(notices.flatMap(Object.keys))).toEqual(
    new Set([
      'EntitetNavn',
      'EntitetId',
      'EksternIdentifier',
      'VersionIdentifier',
      'IdentifikationstypeId',
      'Aendringstype',
    ]),
  );
  const moved = ofMaja(await readMapped(municipality, 'dfdg')).find(
    ({ fields }) => fields['title'] === 'Fælles jobsamtale',
  );
  const before = ofMaja(read).find(({ fields }) => fields['title'] === 'Fælles jobsamtale');
  expect(moved?.fields['start']).not.toBe(before?.fields['start']);
});
