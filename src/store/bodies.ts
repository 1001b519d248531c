// The texts of records, full and without what protected people could be found by, in the clear or sealed. A text that says
// the same as before stays as it was, times included: whoever is shown it must not notice that something else changed.
import type { KeyRing } from './crypto.ts';
import type { Db } from './db.ts';

export interface RecordBody {
  readonly id: string;
  readonly encrypted: boolean;
  readonly render: () => Texts;
}

interface Texts {
  readonly full: string;
  /** Absent when nothing had to go. */
  readonly stripped: string | undefined;
}

interface Stored {
  readonly id: string;
  readonly body: string | null;
  readonly cipher: Buffer | null;
  readonly stripped: string | null;
  readonly stripped_cipher: Buffer | null;
}

export const bodyContext = (id: string): string => `record_body:${id}`;
export const strippedContext = (id: string): string => `record_stripped:${id}`;

/** What a text says besides when and by which mapping it came. */
const said = (text: string): string => {
  const { observedAt: _at, sourceUpdatedAt: _updated, mapping: _by, ...rest } = JSON.parse(text);
  return JSON.stringify(rest);
};

/** The new texts, each left as it was for those who would be shown the same. */
export const settled = (before: Texts, after: Texts): Texts => {
  const same = (one: string, other: string): boolean => said(one) === said(other);
  const full = same(before.full, after.full) ? before.full : after.full;
  const [lessBefore, less] = [before.stripped ?? before.full, after.stripped ?? after.full];
  if (same(lessBefore, less)) return { full, stripped: lessBefore === full ? undefined : lessBefore };
  return { full, stripped: after.stripped };
};

const storedTexts = async (tx: Db, keys: KeyRing, ids: readonly string[]): Promise<ReadonlyMap<string, Texts>> => {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.query<{ [K in keyof Stored]: Stored[K] }>(
    'select record_id as id, body, cipher, stripped, stripped_cipher from record_body where record_id = any($1::uuid[])',
    [ids],
  );
  const textOf = (plain: string | null, cipher: Buffer | null, context: string): string | undefined =>
    plain ?? (cipher === null ? undefined : keys.decrypt(cipher, context));
  return new Map(
    rows.flatMap((row) => {
      const full = textOf(row.body, row.cipher, bodyContext(row.id));
      const stripped = textOf(row.stripped, row.stripped_cipher, strippedContext(row.id));
      return full === undefined ? [] : [[row.id, { full, stripped }] as const];
    }),
  );
};

/** Between texts that go as one: JSON holds no control characters, so nothing needs to be escaped or looked for. */
const between = '\u001e';
const joined = (texts: readonly (string | undefined)[]): string => texts.map((text) => text ?? '').join(between);
const textsOf = (parameter: string): string => `string_to_array(${parameter}, e'\\x1e', '')`;

/** `known`: those whose stored texts may stay; every other is written as it comes. */
export const upsertBodies = async (
  tx: Db,
  keys: KeyRing,
  records: readonly RecordBody[],
  known: ReadonlySet<string>,
): Promise<void> => {
  const before = await storedTexts(tx, keys, [...known]);
  const rendered = records.map(({ id, encrypted, render }) => {
    const [old, texts] = [before.get(id), render()];
    return { id, encrypted, ...(old === undefined ? texts : settled(old, texts)) };
  });
  await tx.query({
    name: 'upsert-bodies',
    text: `insert into record_body (record_id, body, cipher, stripped, stripped_cipher, shown_hash, stripped_hash)
      select * from unnest($1::uuid[], ${textsOf('$2')}, $3::bytea[], ${textsOf('$4')}, $5::bytea[], $6::bytea[], $7::bytea[])
      on conflict (record_id) do update set body = excluded.body, cipher = excluded.cipher,
        stripped = excluded.stripped, stripped_cipher = excluded.stripped_cipher,
        shown_hash = excluded.shown_hash, stripped_hash = excluded.stripped_hash`,
    values: [
      rendered.map((r) => r.id),
      joined(rendered.map((r) => (r.encrypted ? undefined : r.full))),
      rendered.map((r) => (r.encrypted ? keys.encrypt(r.full, bodyContext(r.id)) : null)),
      joined(rendered.map((r) => (r.encrypted ? undefined : r.stripped))),
      rendered.map((r) =>
        r.encrypted && r.stripped !== undefined ? keys.encrypt(r.stripped, strippedContext(r.id)) : null,
      ),
      rendered.map((r) => keys.fingerprint(r.full)),
      rendered.map((r) => (r.stripped === undefined ? null : keys.fingerprint(r.stripped))),
    ],
  });
};
