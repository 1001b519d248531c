// XML as values: the shape, any cut of the bytes, encodings, and what is refused. No message may hold a value.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HubError } from '../errors.ts';
import { parseXml, readXml, type XmlItem, type XmlObject, type XmlOptions } from './xml.ts';

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = async (
  text: string | Uint8Array,
  options: Partial<XmlOptions> = {},
  size = 1024,
): Promise<{ records: XmlObject[]; rest: XmlObject }> => {
  const items: XmlItem[] = [];
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for await (const item of readXml(cut(bytes, size), { records: [], ...options })) items.push(item);
  const last = items.pop();
  if (last?.type !== 'rest' || items.some((item) => item.type === 'rest')) throw new Error('one rest, last');
  return { records: items.map((item) => item.value), rest: last.value };
};

const failure = async (work: Promise<unknown>): Promise<HubError> => {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof HubError)) throw new Error('expected a HubError');
  return thrown;
};

describe('the shape', () => {
  it('makes texts, attributes, mixed text, lists, nil and empty what they should be', () => {
    expect(
      parseXml(`<?xml version="1.0"?><!-- c --><n:a xmlns:n="urn:n" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"
        i:schemaLocation="urn:n x.xsd"><n:t>01</n:t><t2 k="v" n:k="no">x &amp; y</t2><l>1</l><l/><l>2</l>
        <e></e><w>  </w><d i:nil="true" k="v"/><x><i:inner/></x><c><![CDATA[<b>]]>&#230;</c>
        <constructor>q</constructor><i:type i:type="n:T"/>løs</n:a>`),
    ).toEqual({
      a: {
        t: '01',
        t2: { '@k': 'v', '#text': 'x & y' },
        l: ['1', '2'],
        c: '<b>æ',
        constructor: 'q',
        type: { '@type': 'n:T' },
        '#text': 'løs',
      },
    });
  });

  it('gives the records of a path with a wildcard and keeps the rest', async () => {
    const text = `<Envelope><Body><Svar><Total>3</Total><Liste><Sag><Id>1</Id><Sag>inner</Sag></Sag><Andet/>
      <Sag nil="x">2</Sag><Sag/></Liste><Liste><Sag><Id>3</Id></Sag></Liste><Sag>no</Sag></Svar></Body></Envelope>`;
    const { records, rest } = await read(text, { records: ['Envelope', 'Body', '*', 'Liste', 'Sag'] });
    expect(records).toEqual([{ Id: '1', Sag: 'inner' }, { '@nil': 'x', '#text': '2' }, {}, { Id: '3' }]);
    expect(rest).toEqual({ Envelope: { Body: { Svar: { Total: '3', Liste: {}, Sag: 'no' } } } });
  });

  it('tells an empty list from an empty answer', async () => {
    const options = { records: ['e', '*', 'l', 'r'] };
    expect((await read('<e><b><l/><l/><x/></b></e>', options)).rest).toEqual({ e: { b: { l: {} } } });
    expect((await read('<e><b/></e>', options)).rest).toEqual({ e: { b: {} } });
    expect((await read('<e/>', options)).rest).toEqual({ e: {} });
    expect(parseXml('<e/>')).toEqual({ e: {} });
  });

  it('may have the root as its record', async () => {
    expect(await read('<a><b>1</b></a>', { records: ['a'] })).toEqual({ records: [{ b: '1' }], rest: {} });
  });
});

const letters = fc.string({ unit: fc.constantFrom('a', 'ø', '€', '😀', ' ', '<', '&', ']', '\n'), maxLength: 12 });
const name = fc.constantFrom('Id', 'Navn', 'Mål', 'Sag', 'x');
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const element: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(name, letters).map(([tag, text]) => `<${tag}>${escaped(text)}</${tag}>`),
    fc
      .tuple(name, letters)
      .map(
        ([tag, text]) => `<p:${tag} a="${escaped(text).replaceAll('\n', ' ')}" xmlns:p="u"><![CDATA[x]]></p:${tag}>`,
      ),
    fc
      .tuple(name, fc.array(tie('node'), { maxLength: 4 }))
      .map(([tag, nodes]) => `<${tag}>${nodes.join('\n')}</${tag}>`),
  ),
})).node;
const document = fc.array(element, { maxLength: 5 }).map((nodes) => `<?xml version="1.0"?><r>${nodes.join('')}</r>`);

describe('the bytes', () => {
  it('give the same in any cut', async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.integer({ min: 1, max: 9 }), async (text, size) => {
        const options = { records: ['r', 'Sag'] };
        expect(await read(text, options, size)).toEqual(await read(text, options, text.length * 4));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['ISO-8859-1', (text: string) => Buffer.from(text, 'latin1')],
    ['windows-1252', (text: string) => Buffer.from(text.replace('é', '\u0080'), 'latin1')],
    ['utf-8', (text: string) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)])],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-16', (text: string) => Buffer.from(text, 'utf16le')],
    // Translated on the way without the declaration being told.
    ['UTF-16', (text: string) => Buffer.from(text)],
  ])('are read as %s', async (label, encode) => {
    const text = `<?xml version='1.0' encoding='${label}'?><a>Søren Åge é</a>`;
    for (const size of [1, 3, 1000]) {
      const { rest } = await read(encode(text), {}, size);
      expect(rest).toEqual({ a: label === 'windows-1252' ? 'Søren Åge €' : 'Søren Åge é' });
    }
  });

  it('are read as told, whatever the declaration says', async () => {
    const bytes = Buffer.from('<?xml version="1.0" encoding="utf-8"?><a>Åge</a>', 'latin1');
    expect((await read(bytes, { encoding: 'iso-8859-1' })).rest).toEqual({ a: 'Åge' });
    const error = await failure(read(bytes));
    expect([error.code, error.fault]).toEqual(['source/bad-answer', 'source']);
    expect((await failure(read(bytes, { encoding: 'klingon' }))).code).toBe('config/invalid');
    expect((await failure(read('<?xml version="1.0" encoding="klingon"?><a/>'))).code).toBe('source/bad-answer');
  });
});

describe('refused', () => {
  const laughs = '<!DOCTYPE a [<!ENTITY b "HEMMELIG"><!ENTITY c "&b;&b;">]><a>&c;</a>';
  const deep = (levels: number): string => `${'<a>'.repeat(levels)}HEMMELIG${'</a>'.repeat(levels)}`;
  it.each([
    ['a DOCTYPE', laughs, {}, 'source/bad-answer'],
    ['an unknown entity', '<a>&HEMMELIG;</a>', {}, 'source/bad-answer'],
    ['half a document', '<a><b>HEMMELIG', {}, 'source/bad-answer'],
    ['wrong nesting', '<a><HEMMELIG></a>', {}, 'source/bad-answer'],
    ['a page of HTML', '<html><br>HEMMELIG</html>', {}, 'source/bad-answer'],
    ['text', 'HEMMELIG', {}, 'source/bad-answer'],
    ['nothing', '', {}, 'source/bad-answer'],
    ['two roots', '<a/><b/>', {}, 'source/bad-answer'],
    ['a poisonous name', '<a><__proto__>HEMMELIG</__proto__></a>', {}, 'source/bad-answer'],
    ['depth', deep(21), { maxDepth: 20 }, 'source/bad-answer'],
    ['a big record', `<a><r>${'HEMMELIG'.repeat(200)}</r></a>`, { maxRecordBytes: 1000 }, 'source/too-large'],
    ['many small elements', `<a><r>${'<b/>'.repeat(100)}</r></a>`, { maxRecordBytes: 1000 }, 'source/too-large'],
    ['a big rest', `<a><b>${'HEMMELIG'.repeat(200)}</b></a>`, { maxRestBytes: 1000 }, 'source/too-large'],
  ])('is %s', async (_what, text, options, code) => {
    for (const size of [7, 100_000]) {
      const error = await failure(read(text, { records: ['a', 'r'], ...options }, size));
      expect(error.code).toBe(code);
      expect(`${error.message} ${error.hint}`).not.toContain('HEMMELIG');
    }
    if (code === 'source/bad-answer' && !('maxDepth' in options)) expect(() => parseXml(text)).toThrow(HubError);
  });

  it('is a comment without end, before it fills the memory', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('<a><!-- ');
      for (;;) yield Buffer.alloc(65_536, 'x');
    }
    const all = async (): Promise<void> => {
      const limits = { records: [], maxRecordBytes: 200_000, maxRestBytes: 100_000 };
      for await (const _ of readXml(endless(), limits));
    };
    expect((await failure(all())).code).toBe('source/too-large');
  });

  it('is nothing that is deep but within the limit', async () => {
    expect((await read(deep(20), { maxDepth: 20 })).records).toEqual([]);
  });
});

it('closes its source when nobody wants more, and holds back what is not asked for', async () => {
  let given = 0;
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield Buffer.from('<a>');
      for (;;) {
        given += 1;
        yield Buffer.from(`<r>${given}</r>`);
      }
    } finally {
      closed = true;
    }
  }
  const seen: XmlItem[] = [];
  for await (const item of readXml(source(), { records: ['a', 'r'] })) {
    seen.push(item);
    if (seen.length === 3) break;
  }
  expect([seen.length, given, closed]).toEqual([3, 3, true]);
});
