// The ceiling of ingest: the same pages from the same server, and the very rows the pipeline stored, ready-made, written
// in batches; or, for what has not changed, ready-made keys and hashes sent for comparison. Nothing is read, mapped,
// hashed, encrypted or decided.
import type { Pool } from '../../src/store/db.ts';

interface Columns {
  readonly names: readonly string[];
  readonly types: readonly string[];
}

interface StoredRow {
  readonly key: string;
  readonly record: readonly unknown[];
  readonly body: readonly unknown[];
}

export interface Stored {
  readonly record: Columns;
  readonly body: Columns;
  readonly byKey: ReadonlyMap<string, StoredRow>;
}

const columnsOf = async (pool: Pool, table: string): Promise<Columns> => {
  const { rows } = await pool.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return { names: rows.map((row) => row.name), types: rows.map((row) => row.type) };
};

/** The rows of one kind as they are stored now. */
export const readStored = async (pool: Pool, kind: string): Promise<Stored> => {
  const [record, body] = [await columnsOf(pool, 'record'), await columnsOf(pool, 'record_body')];
  const select = `select ${record.names.map((name) => `r.${name}`).join()}, ${body.names.map((name) => `b.${name}`).join()}
    from record r join record_body b on b.record_id = r.id where r.source_kind = $1`;
  const { rows } = await pool.query<unknown[]>({ text: select, values: [kind], rowMode: 'array' } as never);
  const keyAt = record.names.indexOf('key');
  const byKey = new Map(
    rows.map((row) => [
      String(row[keyAt]),
      {
        key: String(row[keyAt]),
        record: row.slice(0, record.names.length),
        body: row.slice(record.names.length),
      },
    ]),
  );
  return { record, body, byKey };
};

const upsertSql = (table: string, key: string, { names, types }: Columns): string =>
  `insert into ${table} (${names.join()}) select * from unnest(${types.map((type, n) => `$${n + 1}::${type}[]`).join()})
   on conflict (${key}) do update set ${names.map((name) => `${name} = excluded.${name}`).join()}`;

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

/** @returns how many records were written. */
export const bareUpsert = async (pool: Pool, url: string, size: number, stored: Stored): Promise<number> => {
  const client = await pool.connect();
  const [record, body] = [upsertSql('record', 'id', stored.record), upsertSql('record_body', 'record_id', stored.body)];
  let count = 0;
  try {
    for await (const page of pages(url, size)) {
      const rows = page.flatMap(({ id }) => stored.byKey.get(id) ?? []);
      const records = rows.map((row) => row.record);
      const bodies = rows.map((row) => row.body);
      await client.query('begin');
      await client.query({
        name: 'bare-records',
        text: record,
        values: stored.record.names.map((_, n) => column(records, n)),
      });
      await client.query({
        name: 'bare-bodies',
        text: body,
        values: stored.body.names.map((_, n) => column(bodies, n)),
      });
      await client.query('commit');
      count += rows.length;
    }
    return count;
  } finally {
    client.release();
  }
};

/** @returns how many records were found unchanged. */
export const bareCompare = async (pool: Pool, url: string, size: number, stored: Stored): Promise<number> => {
  const client = await pool.connect();
  const [idAt, hashAt] = [stored.record.names.indexOf('id'), stored.record.names.indexOf('content_hash')];
  let count = 0;
  try {
    for await (const page of pages(url, size)) {
      const records = page.flatMap(({ id }) => {
        const row = stored.byKey.get(id);
        return row === undefined ? [] : [row.record];
      });
      const { rows: differing } = await client.query({
        name: 'bare-compare',
        text: `select t.id from unnest($1::uuid[], $2::bytea[]) as t(id, hash) left join record r on r.id = t.id
               where r.id is null or r.content_hash <> t.hash`,
        values: [column(records, idAt), column(records, hashAt)],
      });
      count += records.length - differing.length;
    }
    return count;
  } finally {
    client.release();
  }
};
