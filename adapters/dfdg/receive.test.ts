// Change notices: whom to ask about, and what is left out or refused.
import { describe, expect, it } from 'vitest';
import { dfdgConfig } from './config.ts';
import { receiveNotices } from './receive.ts';

const config = dfdgConfig.parse({
  baseUrl: 'https://dfdg.example',
  tokenUrl: 'https://dfdg.example/token',
  clientId: 'hub',
  clientSecret: 'secret',
});
const notice = (more: object = {}) => ({
  EntitetNavn: 'Indkaldelse',
  EntitetId: 'i1',
  EksternIdentifier: '0702751238',
  VersionIdentifier: '7',
  IdentifikationstypeId: 1,
  Aendringstype: 2,
  ...more,
});
const receive = (body: unknown) =>
  receiveNotices({ contentType: 'x', body: typeof body === 'string' ? body : JSON.stringify(body) }, config).notices;

describe('a notice', () => {
  it('names kind, key, change and the citizen to ask about', () => {
    const changes = [1, '2', 3].map((Aendringstype) => receive(notice({ Aendringstype }))[0]);
    expect(changes).toEqual(
      ['created', 'updated', 'deleted'].map((change) => ({
        kind: 'indkaldelse',
        key: 'i1',
        change,
        cprs: ['0702751238'],
      })),
    );
  });

  it('comes alone, in a list, in an envelope and as XML', () => {
    expect(receive([notice(), notice({ EntitetNavn: 'Aktivitet', EntitetId: 'a1' })])).toHaveLength(2);
    expect(receive({ Beskeder: { Besked: [notice()] } })).toHaveLength(1);
    const xml = Object.entries(notice())
      .map(([name, value]) => `<n:${name}>${value}</n:${name}>`)
      .join('');
    expect(receive(`<n:Beskeder xmlns:n="urn:x"><n:Besked>${xml}</n:Besked></n:Beskeder>`)).toEqual(receive(notice()));
  });

  it('about an entity no kind is made of, or about no citizen, is left out', () => {
    expect(receive(notice({ EntitetNavn: 'Joblog' }))).toEqual([]);
    expect(receive(notice({ EntitetNavn: 'constructor' }))).toEqual([]);
    expect(receive(notice({ IdentifikationstypeId: 2, EksternIdentifier: '12345678' }))).toEqual([]);
  });

  it('that cannot be understood is refused by the name of the field, and says nothing of what it held', () => {
    for (const [more, path] of [
      [{ Aendringstype: 4 }, 'Aendringstype'],
      [{ EntitetId: '' }, 'EntitetId'],
      [{ EksternIdentifier: '070275123' }, 'EksternIdentifier'],
    ] as const)
      expect(() => receive(notice(more))).toThrow(expect.objectContaining({ code: 'request/invalid', path }));
    for (const body of ['', '[]', '{"besked":"0702751238"}', '<a>']) {
      expect(() => receive(body)).toThrow(expect.objectContaining({ code: 'request/invalid' }));
      expect(() => receive(body)).not.toThrow(/0702751238/);
    }
  });
});
