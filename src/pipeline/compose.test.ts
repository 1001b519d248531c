// Links into the systems that keep a record come from configured addresses only, and a record's own domain counts.
import { describe, expect, it } from 'vitest';
import { hubConfig } from '../config/hub.ts';
import { createKeyRing, newKeyMaterial } from '../store/crypto.ts';
import { compose, type RecordDraft } from './compose.ts';
import type { SyncKind, SyncSource } from './source.ts';

const kind: SyncKind = {
  name: 'sag',
  spec: { title: 'Sager', body: undefined as never, checkpoint: undefined as never, capabilities: undefined as never },
  mapping: undefined,
  domain: 'shared',
  sensitivity: 'normal',
  ownerUnit: undefined,
  keyIsCpr: false,
  mixed: false,
};
const source = (more: Partial<SyncSource> = {}): SyncSource => ({
  name: 'indeks',
  journalBaseUrl: 'https://indeks.example',
  journalTemplates: { 'a-1': 'https://dubu.example/sag/{sag}?u={uuid}' },
  master: false,
  guard: { count: 1, share: 1 },
  kinds: [kind],
  open: () => Promise.reject(new Error('not opened')),
  ...more,
});
const draft: RecordDraft = {
  mapping: 'x.sag@1',
  entity: 'journalReference',
  part: '',
  fields: { title: 'Sag', type: 'case' },
  links: [],
  named: [],
  withheld: false,
  thirdPartyProtected: false,
  ignoreForChange: [],
};
const record = { key: 'k', body: {}, failure: undefined, subjects: [], others: false };
const made = (own: Partial<RecordDraft>, from = source()) => {
  const keys = createKeyRing(newKeyMaterial());
  const composed = compose(keys, from, kind, record as never, { ...draft, ...own }, new Date(0), undefined as never);
  return { domain: composed.domain, ...(JSON.parse(composed.render().full) as { journalUrl?: string }) };
};

describe('a record kept in one of several systems', () => {
  it('links by its system’s template, whatever the case of its name', () => {
    const hop = { by: 'A-1', values: { sag: '26%2F1', uuid: 'u' } };
    expect(made({ hop }).journalUrl).toBe('https://dubu.example/sag/26%2F1?u=u');
  });

  it('has no link when the system has no template, a value is missing, or one is a number of a person', () => {
    expect(made({ hop: { by: 'b', values: { sag: '1', uuid: 'u' } } })).not.toHaveProperty('journalUrl');
    expect(made({ hop: { by: 'a-1', values: { sag: '1' } } })).not.toHaveProperty('journalUrl');
    for (const sag of ['0702751238', '070275-1238'])
      expect(made({ hop: { by: 'a-1', values: { sag, uuid: 'u' } } })).not.toHaveProperty('journalUrl');
  });

  it.each([
    ['https://dubu.example/sag/{sagUuid}', true],
    ['http://127.0.0.1:8080/?id={sagUuid}', true],
    ['https://{host}/sag', false],
    ['https://dubu.example{port}/sag', false],
    ['https://someone@dubu.example/sag', false],
    ['//dubu.example/sag', false],
    ['javascript:alert({sagUuid})', false],
    ['https://dubu.example', false],
  ])('has a configured address such as %s: %s', (template, accepted) => {
    const sources = { a: { adapter: 'x', title: 'X', domain: 'shared', journalTemplates: { B: template } } };
    const hub = { municipality: { code: '0999', name: 'E' }, enrolmentBases: [{ code: 'a', title: 'A' }], sources };
    expect(hubConfig.safeParse(hub).success).toBe(accepted);
  });

  it('belongs to its own domain, else to the configured one', () => {
    expect(made({ domain: 'family' }).domain).toBe('family');
    expect(made({}).domain).toBe('shared');
  });
});
