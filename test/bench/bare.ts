// The ceiling of ingest: the same pages from the same server, and the very rows the pipeline stored, ready-made, written
// in batches; or, for what has not changed, ready-made keys and hashes sent for comparison. Nothing is read, mapped,
// hashed, encrypted or decided.
import type { Pool } from '../../src/store/db.ts';

interface Table {
  readonly name: string;
  /** How its rows are found from `record r`. */
  readonly join: string;
  readonly onConflict: string;
  /** Text columns go as one joined text, as the pipeline sends bodies. */
  readonly joined?: true;
}

/** Everything the pipeline writes for a record. */
const tables: readonly Table[] = [
  { name: 'record', join: 't.id = r.id', onConflict: '(id) do update set content_hash = excluded.content_hash' },
  {
    name: 'record_body',
    join: 't.record_id = r.id',
    onConflict: '(record_id) do update set body = excluded.body, cipher = excluded.cipher',
    joined: true,
  },
  {
    name: 'record_version',
    join: `t.record_id = r.id and t.valid_to = 'infinity'`,
    onConflict: `(record_id, citizen_id) where valid_to = 'infinity' do nothing`,
  },
  { name: 'link', join: 't.from_id = r.id', onConflict: 'do nothing' },
  { name: 'change', join: 't.record_id = r.id', onConflict: '(position) do nothing' },
];

interface StoredTable extends Table {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly byKey: ReadonlyMap<string, readonly (readonly unknown[])[]>;
}

export type Stored = readonly StoredTable[];

const between = '\u001e';

/** Columns that are lists themselves (empty here) are left to their default. */
const readTable = async (pool: Pool, kind: string, table: Table): Promise<StoredTable> => {
  const { rows: described } = await pool.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attndims = 0 order by attnum`,
    [table.name],
  );
  const columns = described.map((column) => column.name);
  const { rows } = await pool.query<unknown[]>({
    text: `select r.key, ${columns.map((name) => `t.${name}`).join()} from record r join ${table.name} t on ${table.join} where r.source_kind = $1`,
    values: [kind],
    rowMode: 'array',
  } as never);
  const byKey = new Map(
    [...Map.groupBy(rows, ([key]) => String(key))].map(([key, own]) => [key, own.map((row) => row.slice(1))]),
  );
  return { ...table, columns, types: described.map((column) => column.type), byKey };
};

/** The rows of one kind as they are stored now. */
export const readStored = async (pool: Pool, kind: string): Promise<Stored> => {
  const stored: StoredTable[] = [];
  for (const table of tables) stored.push(await readTable(pool, kind, table));
  return stored;
};

const upsertSql = ({ name, columns, types, onConflict, joined }: StoredTable): string => {
  const values = types.map((type, n) =>
    joined && type === 'text' ? `string_to_array($${n + 1}, e'\\x1e', '')` : `$${n + 1}::${type}[]`,
  );
  return `insert into ${name} (${columns.join()}) select * from unnest(${values.join()}) on conflict ${onConflict}`;
};

async function* pages(url: string, size: number): AsyncGenerator<readonly { readonly id: string }[]> {
  for (let page = 0; ; page += 1) {
    const body = JSON.stringify({ filters: [], sort: [], paging: { pageNumber: page, pageSize: size } });
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const answer = (await response.json()) as { data: { id: string }[]; totalSearchCount: number };
    yield answer.data;
    if ((page + 1) * size >= answer.totalSearchCount) return;
  }
}

const column = (rows: readonly (readonly unknown[])[], n: number): readonly unknown[] => rows.map((row) => row[n]);

const rowsOf = (table: StoredTable, page: readonly { readonly id: string }[]) =>
  page.flatMap(({ id }) => table.byKey.get(id) ?? []);

const valuesOf = (table: StoredTable, rows: readonly (readonly unknown[])[]): readonly unknown[] =>
  table.columns.map((_, n) => {
    const values = column(rows, n);
    return table.joined && table.types[n] === 'text' ? values.map((value) => value ?? '').join(between) : values;
  });

/** @returns how many records were written. */
export const bareUpsert = async (pool: Pool, url: string, size: number, stored: Stored): Promise<number> => {
  const client = await pool.connect();
  const statements = stored.map((table) => ({ table, text: upsertSql(table) }));
  let count = 0;
  try {
    for await (const page of pages(url, size)) {
      await client.query('begin');
      for (const { table, text } of statements) {
        const rows = rowsOf(table, page);
        if (rows.length > 0)
          await client.query({ name: `bare-${table.name}`, text, values: [...valuesOf(table, rows)] });
        if (table.name === 'record') count += rows.length;
      }
      await client.query('commit');
    }
    return count;
  } finally {
    client.release();
  }
};

/** @returns how many records were found unchanged. */
export const bareCompare = async (pool: Pool, url: string, size: number, stored: Stored): Promise<number> => {
  const client = await pool.connect();
  const [records] = stored;
  if (records === undefined) return 0;
  const [idAt, hashAt] = [records.columns.indexOf('id'), records.columns.indexOf('content_hash')];
  let count = 0;
  try {
    for await (const page of pages(url, size)) {
      const rows = rowsOf(records, page);
      const { rows: differing } = await client.query({
        name: 'bare-compare',
        text: `select t.id from unnest($1::uuid[], $2::bytea[]) as t(id, hash) left join record r on r.id = t.id
               where r.id is null or r.content_hash <> t.hash`,
        values: [column(rows, idAt), column(rows, hashAt)],
      });
      count += rows.length - differing.length;
    }
    return count;
  } finally {
    client.release();
  }
};
