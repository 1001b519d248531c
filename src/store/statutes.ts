// The configured list of statutes that share without asking, and what is configured per source, kept as versions.
import type { Db } from './db.ts';

export interface Statute {
  readonly id: string;
  readonly title: string;
  readonly recipients: readonly string[];
  readonly domains?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly purposes?: readonly string[] | undefined;
  readonly upTo: 'normal' | 'confidential' | 'sensitive';
  /** Can the citizen say no? */
  readonly optOut: boolean;
}

const columns = 'statute_id, title, recipients, domains, kinds, purposes, up_to, opt_out';

// One JSON document: arrays within arrays do not travel as array parameters.
const wantedStatutes = `jsonb_to_recordset($1::jsonb) as w(statute_id text, title text, recipients text[], domains text[],
  kinds text[], purposes text[], up_to text, opt_out boolean)`;

/** Makes the list in force equal to `statutes`. @returns whether anything changed. */
export const syncStatutes = async (tx: Db, statutes: readonly Statute[]): Promise<boolean> => {
  const wanted = statutes.map((one) => ({
    statute_id: one.id,
    title: one.title,
    recipients: one.recipients,
    domains: one.domains ?? null,
    kinds: one.kinds ?? null,
    purposes: one.purposes ?? null,
    up_to: one.upTo,
    opt_out: one.optOut,
  }));
  const { rowCount: closed } = await tx.query(
    `update statute_version s set valid_to = now() where s.valid_to = 'infinity' and not exists (
       select from ${wantedStatutes}
       where (w.statute_id, w.title, w.recipients, w.up_to, w.opt_out) = (s.statute_id, s.title, s.recipients, s.up_to, s.opt_out)
         and w.domains is not distinct from s.domains and w.kinds is not distinct from s.kinds
         and w.purposes is not distinct from s.purposes)`,
    [JSON.stringify(wanted)],
  );
  const { rowCount: opened } = await tx.query(
    `insert into statute_version (${columns}) select ${columns} from ${wantedStatutes}
     where not exists (select from statute_version s where s.statute_id = w.statute_id and s.valid_to = 'infinity')`,
    [JSON.stringify(wanted)],
  );
  return (closed ?? 0) + (opened ?? 0) > 0;
};

/** The statutes in force now, for the citizen to read. */
export const statutesInForce = async (db: Db): Promise<readonly Statute[]> => {
  const { rows } = await db.query<{ [K in keyof Statute]: Statute[K] }>(
    `select statute_id as id, title, recipients, domains, kinds, purposes, up_to as "upTo", opt_out as "optOut"
     from statute_version where valid_from <= now() and valid_to > now() order by statute_id`,
  );
  return rows.map(({ domains, kinds, purposes, ...statute }) => ({
    ...statute,
    ...(domains ? { domains } : {}),
    ...(kinds ? { kinds } : {}),
    ...(purposes ? { purposes } : {}),
  }));
};

export interface SourceSetting {
  readonly source: string;
  readonly domain: string;
  /** "Exists but hidden": the citizen can see that it is set. */
  readonly existenceShown: boolean;
}

/** Makes the sources in force equal to `sources`. @returns whether what anybody may see can have changed. */
export const syncSourceSettings = async (tx: Db, sources: readonly SourceSetting[]): Promise<boolean> => {
  const wanted = [
    sources.map((one) => one.source),
    sources.map((one) => one.domain),
    sources.map((one) => one.existenceShown),
  ];
  const from = 'from unnest($1::text[], $2::text[], $3::boolean[]) as w(source, domain, existence_shown)';
  const { rows: closed } = await tx.query<{ existence_shown: boolean }>(
    `update source_version s set valid_to = now() where s.valid_to = 'infinity' and not exists (
       select ${from} where (w.source, w.domain, w.existence_shown) = (s.source, s.domain, s.existence_shown))
     returning existence_shown`,
    wanted,
  );
  const { rows: opened } = await tx.query<{ existence_shown: boolean }>(
    `insert into source_version (source, domain, existence_shown) select w.source, w.domain, w.existence_shown ${from}
     where not exists (select from source_version s where s.source = w.source and s.valid_to = 'infinity')
     returning existence_shown`,
    wanted,
  );
  return [...closed, ...opened].some((row) => row.existence_shown);
};
