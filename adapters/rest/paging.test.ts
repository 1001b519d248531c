// Four ways of paging: everything once, going on from every page, a list that moves while it is read, pages cut short.
import { afterEach, describe, expect, test } from 'vitest';
import { type Asked, type Fixture, pullOne, rowsOf, type Said, startSource } from './testing.fixture.ts';

let fixture: Fixture | undefined;
afterEach(async () => {
  await fixture?.close();
  fixture = undefined;
});

const serve = async (answer: (asked: Asked) => Said): Promise<string> => {
  fixture = await startSource(answer);
  return fixture.url;
};
const kinds = (kind: object = {}) => ({ ting: { list: { path: 'ting' }, records: 'data[]', key: 'id', ...kind } });
const number = (asked: Asked, name: string): number => Number(asked.url.searchParams.get(name));

const all = rowsOf(43);
const keys = all.map(({ id }) => id);

const styles: Readonly<Record<string, { paging: object; answer: (asked: Asked) => Said }>> = {
  'offset with a total': {
    paging: { style: 'offset', total: 'antal', overlap: '2' },
    answer: (asked) => {
      const offset = number(asked, 'offset');
      return { body: { antal: all.length, data: all.slice(offset, offset + number(asked, 'limit')) } };
    },
  },
  'offset without a total, pages capped by the source': {
    paging: { style: 'offset', offset: 'skip', limit: 'top', overlap: '1' },
    answer: (asked) => ({ body: { data: all.slice(number(asked, 'skip'), number(asked, 'skip') + 7) } }),
  },
  'offset without overlap': {
    paging: { style: 'offset', overlap: '0' },
    answer: (asked) => ({ body: { data: all.slice(number(asked, 'offset'), number(asked, 'offset') + 10) } }),
  },
  'page from 1 with a total': {
    paging: { style: 'page', total: 'meta.total' },
    answer: (asked) => {
      const from = (number(asked, 'page') - 1) * 10;
      return { body: { meta: { total: String(all.length) }, data: all.slice(from, from + 10) } };
    },
  },
  'page from 0 with hasMore': {
    paging: { style: 'page', page: 'side', size: 'antal', first: '0', hasMore: 'flere' },
    answer: (asked) => {
      const from = number(asked, 'side') * 10;
      return { body: { flere: from + 10 < all.length, data: all.slice(from, from + 10) } };
    },
  },
  'page by page until one is empty': {
    paging: { style: 'page' },
    answer: (asked) => {
      const from = (number(asked, 'page') - 1) * 10;
      return { body: { data: all.slice(from, from + 10) } };
    },
  },
  cursor: {
    paging: { style: 'cursor', token: 'naeste', param: 'efter', limit: 'max' },
    answer: (asked) => {
      const from = Number(asked.url.searchParams.get('efter') ?? 0);
      return { body: { naeste: from + 10 < all.length ? String(from + 10) : null, data: all.slice(from, from + 10) } };
    },
  },
  'a link in the body': {
    paging: { style: 'link', next: 'links.next' },
    answer: (asked) => {
      const from = number(asked, 'fra');
      const links = from + 10 < all.length ? { next: `/ting?fra=${from + 10}` } : {};
      return { body: { links, data: all.slice(from, from + 10) } };
    },
  },
  'the Link header': {
    paging: { style: 'link' },
    answer: (asked) => {
      const from = number(asked, 'fra');
      const link = `<?fra=0>; rel="first"${from + 10 < all.length ? `, <?fra=${from + 10}>; rel="next"` : ''}`;
      return { headers: { link }, body: { data: all.slice(from, from + 10) } };
    },
  },
};

describe.each(Object.entries(styles))('%s', (_name, { paging, answer }) => {
  test('gives every record once, and loses none going on from any page', async () => {
    const baseUrl = await serve(answer);
    const config = { baseUrl, pageSize: '10', paging, kinds: kinds() };
    const { pages, keys: given } = await pullOne(config);
    expect(given).toEqual(keys);
    expect(pages.length).toBeGreaterThan(3);
    const seen = new Set<string>();
    for (const page of pages) {
      for (const { key } of page.records) seen.add(key);
      const { keys: rest } = await pullOne(config, JSON.parse(JSON.stringify(page.checkpoint)));
      expect(new Set([...seen, ...rest])).toEqual(new Set(keys));
    }
  });
});

test.each([
  ['rows that vanish behind the reader', (at: number, rows: { id: string }[]) => at > 1 && rows.splice(0, 1)],
  ['more rows than a page vanish', (at: number, rows: { id: string }[]) => at === 2 && rows.splice(0, 15)],
  ['rows come in front', (at: number, rows: { id: string }[]) => at === 2 && rows.unshift({ id: 'ny' })],
])('offset: %s, and nothing slides past', async (_name, happen) => {
  const rows = [...all] as { id: string }[];
  let answers = 0;
  const baseUrl = await serve((asked) => {
    answers += 1;
    happen(answers, rows);
    const offset = number(asked, 'offset');
    return { body: { antal: rows.length, data: rows.slice(offset, offset + 10) } };
  });
  const paging = { style: 'offset', total: 'antal', overlap: '3' };
  const { keys: given } = await pullOne({ baseUrl, pageSize: '10', paging, kinds: kinds() });
  const missed = rows.filter(({ id }) => id !== 'ny' && !given.includes(id));
  expect(missed).toEqual([]);
});

test('page: rows that vanish behind the reader are looked for on the page before', async () => {
  const rows = [...all];
  let answers = 0;
  const baseUrl = await serve((asked) => {
    answers += 1;
    if (answers === 3) rows.splice(0, 2);
    const from = (number(asked, 'page') - 1) * 10;
    return { body: { total: rows.length, data: rows.slice(from, from + 10) } };
  });
  const config = { baseUrl, pageSize: '10', paging: { style: 'page', total: 'total' }, kinds: kinds() };
  const { keys: given } = await pullOne(config);
  expect(rows.filter(({ id }) => !given.includes(id))).toEqual([]);
});

test('a list without a stable order is told from one that is read through', async () => {
  let answers = 0;
  const baseUrl = await serve(() => {
    answers += 1;
    return { body: { antal: 1000, data: rowsOf(10, answers * 10) } };
  });
  const config = { baseUrl, pageSize: '10', paging: { style: 'offset', total: 'antal' }, kinds: kinds() };
  await expect(pullOne(config)).rejects.toMatchObject({ code: 'source/bad-answer', fault: 'transient' });
});

test.each([
  ['page', { style: 'page', total: 'n' }, { n: 43, data: rowsOf(4) }],
  ['page with hasMore', { style: 'page', hasMore: 'mere' }, { mere: true, data: [] }],
  ['offset', { style: 'offset', total: 'n' }, { n: 43, data: [] }],
  ['cursor that goes round', { style: 'cursor', token: 'n' }, { n: 'igen', data: rowsOf(2) }],
  ['link to another host', { style: 'link', next: 'n' }, { n: 'https://andetsteds.example/ting', data: rowsOf(2) }],
])('%s: half a page, a circle or a strange address is a fault, not the end', async (_name, paging, body) => {
  const baseUrl = await serve(() => ({ body }));
  await expect(pullOne({ baseUrl, pageSize: '10', paging, kinds: kinds() })).rejects.toMatchObject({
    code: 'source/bad-answer',
  });
});

test('a token that no longer holds starts the pull anew, and says so', async () => {
  const { paging, answer } = styles['cursor'] ?? { paging: {}, answer: () => ({ body: {} }) };
  let expired = false;
  const baseUrl = await serve((asked) =>
    expired && asked.url.searchParams.has('efter') && asked.url.searchParams.get('efter') === '10'
      ? { status: 410, body: {} }
      : answer(asked),
  );
  const config = { baseUrl, pageSize: '10', paging, kinds: kinds() };
  const [first] = (await pullOne(config)).pages;
  expired = true;
  await expect(pullOne(config, first?.checkpoint)).rejects.toMatchObject({ code: 'source/checkpoint-expired' });
  expect(fixture?.asked.at(-2)?.url.searchParams.has('efter')).toBe(false);
});

test('an answer of thousands comes in pages of a thousand, and is gone on with in the middle', async () => {
  const many = rowsOf(2500);
  const baseUrl = await serve(() => ({ body: many }));
  const config = { baseUrl, kinds: kinds({ records: '[]' }) };
  const { pages } = await pullOne(config);
  expect(pages.map(({ records }) => records.length)).toEqual([1000, 1000, 500]);
  const { keys: rest } = await pullOne(config, pages[1]?.checkpoint);
  expect(rest).toEqual(many.slice(1000).map(({ id }) => id));
});
