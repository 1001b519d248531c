// What becomes of files and posts: kept, answered, put away, and never lost. Refusals name the element, never its value.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { HubError } from '../../src/errors.ts';
import { cprs, discussion, id, whole } from '../../test/inbox/threads.ts';
import { bundleOf } from '../../test/sandbox/fhir-inbox/bundle.ts';
import { memoryInbox } from './look.ts';
import { acknowledged, type Desk, openDesk } from './testing.fixture.ts';

let desk: Desk;
afterEach(() => desk.close());
const open = async (...given: Parameters<typeof openDesk>): Promise<void> => {
  desk = await openDesk(...given);
};
const hour = 3_600_000;
const first = bundleOf(whole, 0);

/** The Bundle with one element of one resource changed. */
const changed = (type: string, change: object): object => {
  const bundle = structuredClone(first) as { entry: { resource: { resourceType: string } }[] };
  for (const entry of bundle.entry)
    if (entry.resource.resourceType === type) entry.resource = { ...entry.resource, ...change };
  return bundle;
};

describe('a file', () => {
  it('is kept, acknowledged and put away', async () => {
    await open();
    await desk.drop('a.json', first);
    const [page] = await desk.pull('hospitalStay');
    expect(page?.records).toMatchObject([{ key: id(1000), body: { status: 'in-progress', cpr: cprs.anna } }]);
    expect(await desk.files()).toEqual([]);
    expect(await desk.files('done')).toEqual(['a.json']);
    expect(await desk.read('ack')).toMatchObject([{ of: id(10), code: 'ok' }]);
  });

  it('that comes again changes nothing and is acknowledged again, whatever its name', async () => {
    await open({ after: 'delete' });
    for (const name of ['a.json', 'b.json']) {
      await desk.drop(name, first);
      expect((await desk.pull('hospitalStay'))[0]?.records).toHaveLength(1);
    }
    expect(await desk.pull('hospitalStay', 1)).toMatchObject([
      { records: [], deleted: [], checkpoint: { position: 1 } },
    ]);
    expect(await desk.files('done')).toEqual([]);
    expect((await desk.read('ack')).map(({ of, code }) => [of, code])).toEqual([
      [id(10), 'ok'],
      [id(10), 'ok'],
    ]);
  });

  it('is not overwritten by another of the same name', async () => {
    await open();
    for (const at of [0, 1]) {
      await desk.drop('message.json', bundleOf(whole, at));
      await desk.pull('hospitalStay');
    }
    expect(await desk.files('done')).toEqual(['message.json', 'message.json']);
  });

  it('that is still being written is left for later, and refused once it has rested', async () => {
    await open();
    await desk.drop('half.json', JSON.stringify(first).slice(0, 500));
    await desk.pull('hospitalStay');
    expect(await desk.files()).toEqual(['half.json']);
    expect(await desk.files('ack')).toEqual([]);
    await desk.drop('half.json', JSON.stringify(first).slice(0, 500), hour);
    expect((await desk.pull('hospitalStay'))[0]?.ignored).toBe(1);
    expect(await desk.files('refused')).toEqual(['half.json']);
  });

  it('that grows between two looks is not read', async () => {
    await open({ settleSeconds: '0.3' });
    await desk.drop('a.json', first);
    const growing = setInterval(() => void writeFile(join(desk.folder, 'a.json'), `${JSON.stringify(first)} `), 100);
    expect((await desk.pull('hospitalStay'))[0]?.records).toEqual([]);
    clearInterval(growing);
    expect(await desk.files()).toEqual(['a.json']);
  });

  it('stays where it is while the inbox cannot be reached', async () => {
    const down = new HubError({ code: 'store/unavailable', fault: 'transient', message: 'The database is away.' });
    await open({}, { ...memoryInbox(), put: () => Promise.reject(down) });
    await desk.drop('a.json', first);
    await expect(desk.pull('hospitalStay')).rejects.toMatchObject({ code: 'store/unavailable' });
    expect(await desk.files()).toEqual(['a.json']);
    expect(await desk.files('ack')).toEqual([]);
  });

  it('is left alone where that is what is wanted; names that are no messages always are', async () => {
    await open({ after: 'leave', acknowledge: 'no' });
    await desk.drop('a.json', first);
    await desk.drop('.hidden.json', first);
    await desk.drop('notes.txt', 'x');
    await desk.pull('hospitalStay');
    expect(await desk.files()).toEqual(['.hidden.json', 'a.json', 'notes.txt']);
    expect(await desk.files('ack')).toEqual([]);
  });

  it('tells why when folders cannot be written or are gone', async () => {
    await open();
    await desk.drop('a.json', first);
    await writeFile(join(desk.folder, 'ack'), 'in the way');
    await expect(desk.pull('hospitalStay')).rejects.toBeInstanceOf(HubError);
    expect(await desk.files()).toEqual(['a.json', 'ack']);
    await rm(desk.folder, { recursive: true });
    await expect(desk.pull('hospitalStay')).rejects.toMatchObject({ code: 'source/not-found' });
    await mkdir(desk.folder);
  });
});

const refusals: readonly (readonly [string, object, string])[] = [
  [
    'MessageHeader.eventCoding',
    changed('MessageHeader', { eventCoding: { code: 'something-new' } }),
    'MSG_RECEIVER_UNABLE_TO_RECEIVE_MSG_TYPE',
  ],
  [
    'Patient.identifier',
    changed('Patient', { identifier: [{ system: 'urn:other', value: '1' }] }),
    'MSG_RESOURCE_REQUIRED',
  ],
  ['Patient.identifier', changed('Patient', { identifier: undefined }), 'MSG_RESOURCE_REQUIRED'],
  ['Encounter.period.start', changed('Encounter', { period: { start: 'Torsdag Hansen' } }), 'MSG_PARAM_INVALID'],
  ['Encounter.class', changed('Encounter', { class: undefined }), 'MSG_RESOURCE_REQUIRED'],
  [
    'Provenance.activity',
    changed('Provenance', { activity: { coding: [{ code: 'teleport-inpatient' }] } }),
    'MSG_CodeSystem_VALUE_UNKNOWN',
  ],
  [
    'Provenance.target',
    changed('Provenance', { target: [{ reference: 'MessageHeader/other' }] }),
    'MSG_RESOURCE_REQUIRED',
  ],
  ['Encounter', changed('Encounter', { resourceType: 'Basic' }), 'MSG_RESOURCE_REQUIRED'],
];

describe('a message that cannot be used', () => {
  it.each(refusals)('is refused for its %s', async (element, bundle, details) => {
    await open();
    await desk.drop('bad.json', bundle);
    await desk.pull('hospitalStay');
    expect(await desk.read('ack')).toMatchObject([{ of: id(10), code: 'fatal-error', element, details }]);
    expect(await desk.files('refused')).toEqual(['bad.json']);
    const told = [...desk.lines, ...(await desk.read('ack')).map(({ text }) => text)].join('\n');
    for (const value of [cprs.anna, 'Torsdag', 'teleport', 'Andersen', 'bad.json']) expect(told).not.toContain(value);
    expect((await desk.pull('hospitalStay'))[0]?.records).toEqual([]);
  });

  it('is put away unanswered when it does not say which message it is', async () => {
    await open();
    await desk.drop('bundle.json', { resourceType: 'Bundle', id: 'x', type: 'collection', entry: [] });
    await desk.drop('list.json', '[1]', hour);
    await desk.pull('hospitalStay');
    expect(await desk.files('refused')).toEqual(['bundle.json', 'list.json']);
    expect(await desk.files('ack')).toEqual([]);
  });

  it('is found by its mark in the log, which is made of its content and not of a name that may be a number', async () => {
    await open();
    await desk.drop(`${cprs.anna}.json`, '[1]', hour);
    await desk.pull('hospitalStay');
    const [name = ''] = await readdir(join(desk.folder, 'refused'));
    const [, mark = ''] = name.split('.');
    const told = desk.lines.join('\n');
    expect(told).toContain(`"mark":"${mark}"`);
    expect(told).not.toContain(createHash('sha256').update(`${cprs.anna}.json`).digest('hex').slice(0, 16));
  });

  it('does not acknowledge an acknowledgement', async () => {
    await open();
    const { answer } = await desk.post(first);
    await desk.drop('ack.json', answer?.body ?? '');
    expect((await desk.pull('hospitalStay'))[0]?.ignored).toBe(1);
    expect(await desk.files('ack')).toEqual([]);
    expect(await desk.files('done')).toEqual(['ack.json']);
  });
});

describe('a post', () => {
  it('is kept and answered with its acknowledgement; again it is known', async () => {
    await open({ messageText: 'no' });
    const receipt = await desk.post(first);
    expect(receipt).toMatchObject({ notices: [], kept: true, answer: { contentType: 'application/fhir+json' } });
    expect(acknowledged(receipt.answer?.body ?? '')).toMatchObject({ of: id(10), code: 'ok' });
    const again = await desk.post(first);
    expect(again.kept).toBeUndefined();
    expect(acknowledged(again.answer?.body ?? '').code).toBe('ok');
  });

  it('is answered alike whether anybody enrolled is meant or not', async () => {
    await open({}, { ...memoryInbox(), put: async () => 'not-enrolled' });
    const receipt = await desk.post(first);
    expect(receipt.kept).toBeUndefined();
    expect(acknowledged(receipt.answer?.body ?? '')).toMatchObject({ of: id(10), code: 'ok' });
    expect(desk.lines.join('\n')).not.toContain(cprs.anna);
  });

  it('that is wrong is answered with what is wrong; what is no message is refused by the request', async () => {
    await open();
    const { answer } = await desk.post(changed('Encounter', { status: undefined }));
    expect(acknowledged(answer?.body ?? '')).toMatchObject({ code: 'fatal-error', element: 'Encounter.status' });
    await expect(desk.post('{')).rejects.toMatchObject({ code: 'request/invalid', path: 'Bundle' });
    await expect(desk.post(first, 'text/xml')).rejects.toMatchObject({ code: 'request/media-type' });
  });
});

it('keeps the text of a correspondence only where that is wanted', async () => {
  for (const wanted of ['no', 'yes'] as const) {
    const kept: string[] = [];
    const inbox = memoryInbox();
    const put: typeof inbox.put = (message) => {
      kept.push(message.body);
      return inbox.put(message);
    };
    await open({ messageText: wanted }, { ...inbox, put });
    await desk.post(bundleOf(discussion, 0));
    const [page] = await desk.pull('careCommunication');
    for (const text of [...kept, JSON.stringify(page?.records)])
      expect(text.includes('Hemmelig tekst')).toBe(wanted === 'yes');
    expect(kept.join()).not.toContain('Andersen');
    if (wanted === 'no') await desk.close();
  }
});

it('is only looked at without the hub’s inbox: read, left and not answered; a post is refused', async () => {
  await open({ after: 'delete' }, 'none');
  await desk.drop('a.json', first);
  expect((await desk.pull('hospitalStay'))[0]?.records).toHaveLength(1);
  expect(await desk.files()).toEqual(['a.json']);
  expect(await desk.files('ack')).toEqual([]);
  await expect(desk.post(first)).rejects.toMatchObject({ code: 'config/invalid' });
});
